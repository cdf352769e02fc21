// ap_int_base<W, S>: a W-bit integer, signed where S. ap_int and ap_uint are its names for users.
//
// Every conversion into it keeps the low W bits; none can fail. Operators between two values are in int_operators.h,
// the references x[i], x(hi, lo) and (a, b) in int_slices.h.
#pragma once

#include <cmath>
#include <string>
#include <utility>

#include "arithmetic.h"
#include "modes.h"

/// The widest integer a program may declare; the vendor's tool lets it be raised up to 4096.
#ifndef AP_INT_MAX_W
#define AP_INT_MAX_W 1024
#endif

namespace ap_sim {

template <int W, bool S>
class ap_int_base;
template <class Value>
class ap_bit_ref;
template <class Value>
class ap_range_ref;
template <class High, class Low>
class ap_concat_ref;
template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N>
class ap_fixed_base;

/// The native integers: bool counts one bit, the others what they have.
template <class T>
using if_integral = std::enable_if_t<std::is_integral<T>::value, int>;
template <class T>
using if_enum = std::enable_if_t<std::is_enum<T>::value && std::is_convertible<T, i64>::value, int>;
template <class T>
using if_floating = std::enable_if_t<std::is_floating_point<T>::value, int>;

template <class T, if_integral<T> = 0>
struct native_traits {
    static constexpr int bits = std::is_same<T, bool>::value ? 1 : static_cast<int>(sizeof(T)) * 8;
    static constexpr bool is_signed = std::is_signed<T>::value;
    using type = ap_int_base<bits, is_signed>;
};

template <int W, bool S>
class ap_int_base : public word<W, S> {
    static_assert(W >= 1, "an integer has at least one bit");
    static_assert(W <= 2 * AP_INT_MAX_W + 64, "wider than the product of two integers of AP_INT_MAX_W bits");

public:
    static constexpr int width = W;
    static constexpr bool sign_flag = S;
    using native = native_t<(W < 64 ? W : 64), S>;

    /// Zero. (The hardware's registers start with anything: a program must not rely on this.)
    constexpr ap_int_base() = default;

    template <int W2, bool S2>
    constexpr ap_int_base(const ap_int_base<W2, S2>& other) {
        assign(*this, other);
    }
    template <class T, if_integral<T> = 0>
    constexpr ap_int_base(T value) {
        typename native_traits<T>::type same;
        same.set_limb(0, static_cast<u64>(value));
        assign(*this, same);
    }
    template <class T, if_enum<T> = 0>
    constexpr ap_int_base(T value) : ap_int_base(static_cast<std::underlying_type_t<T>>(value)) {}
    /// The fraction is dropped (toward zero).
    template <class T, if_floating<T> = 0>
    ap_int_base(T value) {
        from_double(static_cast<double>(value));
    }
    template <class Value>
    constexpr ap_int_base(const ap_bit_ref<Value>& bit) : ap_int_base(static_cast<bool>(bit)) {}
    template <class Value>
    constexpr ap_int_base(const ap_range_ref<Value>& range) {
        range.copy_to(*this);
    }
    template <class High, class Low>
    constexpr ap_int_base(const ap_concat_ref<High, Low>& concat) : ap_int_base(concat.get()) {}
    /// Toward zero; fixed_value.h defines it.
    template <int W2, int I2, bool S2, ap_q_mode Q2, ap_o_mode O2, int N2>
    constexpr ap_int_base(const ap_fixed_base<W2, I2, S2, Q2, O2, N2>& fixed);
    /// Digits, after an optional sign; radix 16 may begin with 0x, 8 with 0o, 2 with 0b.
    ap_int_base(const char* digits, int radix = 16) { parse(digits, radix); }

    // ---- conversion out

    /// The low 64 bits of a wider value, as the vendor's types convert.
    constexpr operator native() const { return static_cast<native>(this->limb(0)); }
    constexpr explicit operator bool() const { return !iszero(); }
    constexpr bool to_bool() const { return !iszero(); }
    constexpr int to_int() const { return static_cast<int>(this->limb(0)); }
    constexpr unsigned to_uint() const { return static_cast<unsigned>(this->limb(0)); }
    constexpr long to_long() const { return static_cast<long>(this->limb(0)); }
    constexpr unsigned long to_ulong() const { return static_cast<unsigned long>(this->limb(0)); }
    constexpr i64 to_int64() const { return static_cast<i64>(this->limb(0)); }
    constexpr u64 to_uint64() const { return this->limb(0); }
    /// Rounded to the nearest double, ties to even.
    double to_double() const;
    float to_float() const { return static_cast<float>(to_double()); }
    /// Radix 10 prints the value. Radix 2, 8 and 16 print the bit pattern, all W bits of it, or with_sign
    /// a minus and the magnitude.
    std::string to_string(int radix = 16, bool with_sign = false) const;

    // ---- bits

    constexpr int length() const { return W; }
    constexpr ap_bit_ref<ap_int_base> operator[](int i) { return {*this, i}; }
    constexpr bool operator[](int i) const { return test(i); }
    constexpr ap_bit_ref<ap_int_base> bit(int i) { return {*this, i}; }
    constexpr bool bit(int i) const { return test(i); }
    constexpr ap_range_ref<ap_int_base> range(int hi, int lo) { return {*this, hi, lo}; }
    constexpr ap_range_ref<const ap_int_base> range(int hi, int lo) const { return {*this, hi, lo}; }
    constexpr ap_range_ref<ap_int_base> range() { return {*this, W - 1, 0}; }
    constexpr ap_range_ref<const ap_int_base> range() const { return {*this, W - 1, 0}; }
    constexpr ap_range_ref<ap_int_base> operator()(int hi, int lo) { return {*this, hi, lo}; }
    constexpr ap_range_ref<const ap_int_base> operator()(int hi, int lo) const { return {*this, hi, lo}; }
    template <class Low>
    constexpr auto concat(Low&& low) {
        return (*this, std::forward<Low>(low));
    }

    constexpr bool test(int i) const {
        check_index(i);
        return bit_at(*this, i);
    }
    constexpr bool get_bit(int i) const { return test(i); }
    constexpr void set_bit(int i, bool value) {
        check_index(i);
        this->set_field(i, 1, value ? 1 : 0);
    }
    constexpr void set(int i, bool value) { set_bit(i, value); }
    constexpr void set(int i) { set_bit(i, true); }
    constexpr void set() { *this = ap_int_base(-1); }
    constexpr void clear(int i) { set_bit(i, false); }
    constexpr void clear() { *this = ap_int_base(); }
    constexpr void invert(int i) { set_bit(i, !test(i)); }
    constexpr ap_int_base& invert() { return *this = ~*this; }
    constexpr void b_not() { invert(); }
    /// The first bit becomes the last, in place.
    constexpr ap_int_base& reverse() {
        const ap_int_base old = *this;
        for (int i = 0; i < W; ++i) set_bit(i, bit_at(old, W - 1 - i));
        return *this;
    }
    constexpr void rrotate(int n) {
        const ap_int_base<W, false> pattern = *this;
        const int by = (n % W + W) % W;
        *this = (pattern >> by) | (pattern << (W - by));
    }
    constexpr void lrotate(int n) { rrotate(-n); }

    constexpr bool sign() const { return this->negative(); }
    constexpr bool iszero() const { return is_zero(*this); }
    constexpr bool and_reduce() const { return is_zero(~*this); }
    constexpr bool or_reduce() const { return !iszero(); }
    constexpr bool xor_reduce() const {
        u64 mix = 0;
        const ap_int_base<W, false> pattern = *this;
        for (int i = 0; i < pattern.limbs; ++i) mix ^= pattern.limb(i);
        return __builtin_parityll(mix) != 0;
    }
    constexpr bool nand_reduce() const { return !and_reduce(); }
    constexpr bool nor_reduce() const { return !or_reduce(); }
    constexpr bool xnor_reduce() const { return !xor_reduce(); }
    constexpr int countLeadingZeros() const {
        const ap_int_base<W, false> pattern = *this;
        return W - 1 - highest_bit(pattern);
    }

    // ---- unary

    constexpr ap_int_base operator+() const { return *this; }
    constexpr ap_int_base<W + 1, true> operator-() const {
        ap_int_base<W + 1, true> r;
        subtract(r, ap_int_base(), *this);
        return r;
    }
    constexpr ap_int_base operator~() const {
        ap_int_base r;
        for (int i = 0; i < r.limbs; ++i) r.set_limb(i, ~this->limb(i));
        r.normalise();
        return r;
    }
    constexpr bool operator!() const { return iszero(); }
    constexpr ap_int_base& operator++() { return *this += true; }
    constexpr ap_int_base& operator--() { return *this -= true; }
    constexpr ap_int_base operator++(int) {
        const ap_int_base old = *this;
        ++*this;
        return old;
    }
    constexpr ap_int_base operator--(int) {
        const ap_int_base old = *this;
        --*this;
        return old;
    }

    // ---- compound assignment: the full result, then its low W bits. Where only those matter, only those are made.

    template <int W2, bool S2>
    constexpr ap_int_base& operator+=(const ap_int_base<W2, S2>& b) {
        add(*this, *this, b);
        return *this;
    }
    template <int W2, bool S2>
    constexpr ap_int_base& operator-=(const ap_int_base<W2, S2>& b) {
        subtract(*this, *this, b);
        return *this;
    }
    template <int W2, bool S2>
    constexpr ap_int_base& operator*=(const ap_int_base<W2, S2>& b) {
        multiply(*this, *this, b);
        return *this;
    }
    // clang-format off
    template <class T> constexpr ap_int_base& operator+=(const T& b) { return *this = ap_int_base(*this + b); }
    template <class T> constexpr ap_int_base& operator-=(const T& b) { return *this = ap_int_base(*this - b); }
    template <class T> constexpr ap_int_base& operator*=(const T& b) { return *this = ap_int_base(*this * b); }
    template <class T> constexpr ap_int_base& operator/=(const T& b) { return *this = ap_int_base(*this / b); }
    template <class T> constexpr ap_int_base& operator%=(const T& b) { return *this = ap_int_base(*this % b); }
    template <class T> constexpr ap_int_base& operator&=(const T& b) { return *this = ap_int_base(*this & b); }
    template <class T> constexpr ap_int_base& operator|=(const T& b) { return *this = ap_int_base(*this | b); }
    template <class T> constexpr ap_int_base& operator^=(const T& b) { return *this = ap_int_base(*this ^ b); }
    template <class T> constexpr ap_int_base& operator<<=(const T& n) { return *this = *this << n; }
    template <class T> constexpr ap_int_base& operator>>=(const T& n) { return *this = *this >> n; }
    // clang-format on

private:
    static constexpr void check_index(int i) {
        if (i < 0 || i >= W) fail("bit index outside the integer");
    }
    void from_double(double value);
    void parse(const char* digits, int radix);
};

template <int W, bool S>
constexpr int ap_int_base<W, S>::width;
template <int W, bool S>
constexpr bool ap_int_base<W, S>::sign_flag;

/// Any operand as an ap_int_base, of exactly its width.
template <int W, bool S>
constexpr const ap_int_base<W, S>& as_int(const ap_int_base<W, S>& x) {
    return x;
}
template <class T, if_integral<T> = 0>
constexpr typename native_traits<T>::type as_int(T x) {
    return x;
}

}  // namespace ap_sim
