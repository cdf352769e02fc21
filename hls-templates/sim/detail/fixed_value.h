// ap_fixed_base<W, I, S, Q, O, N>: the integer V, of W bits, times 2^(I - W). I may be negative or larger than W.
// Whatever is stored is first quantized (Q) and then made to fit (O, N); see quantize.h. Operators between two values
// are in fixed_operators.h.
#pragma once

#include "quantize.h"

namespace ap_sim {

/// A type wide enough for what it is given, so that its modes do not matter: the result of an operator.
template <int W, int I, bool S>
using exact_fixed = ap_fixed_base<W, I, S, AP_TRN, AP_WRAP, 0>;

template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N>
class ap_fixed_base {
    static_assert(W >= 1, "a fixed-point number has at least one bit");
    static_assert(N >= 0 && N <= W, "no more bits can be saturated than there are");
    static_assert(O != AP_WRAP_SM || S, "sign and magnitude need a sign");

public:
    static constexpr int width = W;
    static constexpr int iwidth = I;
    static constexpr ap_q_mode qmode = Q;
    static constexpr ap_o_mode omode = O;
    static constexpr bool sign_flag = S;
    static constexpr int fraction = W - I;
    using raw_type = ap_int_base<W, S>;

    /// The bits.
    raw_type V;

    constexpr ap_fixed_base() = default;

    template <int W2, int I2, bool S2, ap_q_mode Q2, ap_o_mode O2, int N2>
    constexpr ap_fixed_base(const ap_fixed_base<W2, I2, S2, Q2, O2, N2>& other) {
        store<W2 - I2>(other.V);
    }
    template <int W2, bool S2>
    constexpr ap_fixed_base(const ap_int_base<W2, S2>& value) {
        store<0>(value);
    }
    template <class Value>
    constexpr ap_fixed_base(const ap_bit_ref<Value>& value) {
        store<0>(as_int(value));
    }
    template <class Value>
    constexpr ap_fixed_base(const ap_range_ref<Value>& value) {
        store<0>(as_int(value));
    }
    template <class High, class Low>
    constexpr ap_fixed_base(const ap_concat_ref<High, Low>& value) {
        store<0>(as_int(value));
    }
    template <class T, if_integral<T> = 0>
    constexpr ap_fixed_base(T value) {
        store<0>(as_int(value));
    }
    template <class T, if_enum<T> = 0>
    constexpr ap_fixed_base(T value) : ap_fixed_base(static_cast<std::underlying_type_t<T>>(value)) {}
    template <class T, if_floating<T> = 0>
    ap_fixed_base(T value) : V(fit_double<W, S, Q, O, N>(static_cast<double>(value), fraction)) {}

    /// From bits, as they are.
    static constexpr ap_fixed_base from_raw(const raw_type& bits) {
        ap_fixed_base r;
        r.V = bits;
        return r;
    }

    // ---- conversion out: to integers toward zero

    using integer_type = ap_int_base<(I > 0 ? I : 1) + 1, S>;
    constexpr integer_type to_ap_int() const {
        return quantization<W, S, fraction, AP_TRN_ZERO>::apply(V);
    }
    template <class T, if_integral<T> = 0>
    constexpr explicit operator T() const {
        return static_cast<T>(to_ap_int().limb(0));
    }
    template <class T, if_floating<T> = 0>
    explicit operator T() const {
        return static_cast<T>(to_double());
    }
    constexpr explicit operator bool() const { return !iszero(); }
    constexpr int to_int() const { return to_ap_int().to_int(); }
    constexpr unsigned to_uint() const { return to_ap_int().to_uint(); }
    constexpr long to_long() const { return to_ap_int().to_long(); }
    constexpr unsigned long to_ulong() const { return to_ap_int().to_ulong(); }
    constexpr i64 to_int64() const { return to_ap_int().to_int64(); }
    constexpr u64 to_uint64() const { return to_ap_int().to_uint64(); }
    double to_double() const { return std::ldexp(V.to_double(), -fraction); }
    float to_float() const { return static_cast<float>(to_double()); }

    // ---- bits, bit 0 the lowest of the fraction

    constexpr int length() const { return W; }
    constexpr ap_bit_ref<raw_type> operator[](int i) { return V[i]; }
    constexpr bool operator[](int i) const { return V[i]; }
    constexpr ap_range_ref<raw_type> range(int hi, int lo) { return V.range(hi, lo); }
    constexpr ap_range_ref<const raw_type> range(int hi, int lo) const { return V.range(hi, lo); }
    constexpr ap_range_ref<raw_type> range() { return V.range(); }
    constexpr ap_range_ref<const raw_type> range() const { return V.range(); }
    constexpr ap_range_ref<raw_type> operator()(int hi, int lo) { return V.range(hi, lo); }
    constexpr ap_range_ref<const raw_type> operator()(int hi, int lo) const { return V.range(hi, lo); }

    constexpr bool iszero() const { return V.iszero(); }
    constexpr bool is_neg() const { return V.sign(); }
    constexpr bool sign() const { return V.sign(); }

    // ---- unary

    constexpr ap_fixed_base operator+() const { return *this; }
    constexpr exact_fixed<W + 1, I + 1, true> operator-() const {
        return exact_fixed<W + 1, I + 1, true>::from_raw(-V);
    }
    constexpr ap_fixed_base operator~() const { return from_raw(~V); }
    constexpr bool operator!() const { return iszero(); }
    constexpr ap_fixed_base& operator++() { return *this += 1; }
    constexpr ap_fixed_base& operator--() { return *this -= 1; }
    constexpr ap_fixed_base operator++(int) {
        const ap_fixed_base old = *this;
        ++*this;
        return old;
    }
    constexpr ap_fixed_base operator--(int) {
        const ap_fixed_base old = *this;
        --*this;
        return old;
    }

    /// The width stays: bits fall off at either end. A negative count shifts the other way.
    template <class Count, if_shift<raw_type, Count> = 0>
    constexpr ap_fixed_base operator<<(const Count& n) const {
        return from_raw(V << n);
    }
    template <class Count, if_shift<raw_type, Count> = 0>
    constexpr ap_fixed_base operator>>(const Count& n) const {
        return from_raw(V >> n);
    }

    // ---- compound assignment: the full result, stored with this type's own Q and O

    // clang-format off
    template <class T> constexpr ap_fixed_base& operator+=(const T& b) { return *this = ap_fixed_base(*this + b); }
    template <class T> constexpr ap_fixed_base& operator-=(const T& b) { return *this = ap_fixed_base(*this - b); }
    template <class T> constexpr ap_fixed_base& operator*=(const T& b) { return *this = ap_fixed_base(*this * b); }
    template <class T> constexpr ap_fixed_base& operator/=(const T& b) { return *this = ap_fixed_base(*this / b); }
    template <class T> constexpr ap_fixed_base& operator&=(const T& b) { return *this = ap_fixed_base(*this & b); }
    template <class T> constexpr ap_fixed_base& operator|=(const T& b) { return *this = ap_fixed_base(*this | b); }
    template <class T> constexpr ap_fixed_base& operator^=(const T& b) { return *this = ap_fixed_base(*this ^ b); }
    template <class T> constexpr ap_fixed_base& operator<<=(const T& n) { return *this = *this << n; }
    template <class T> constexpr ap_fixed_base& operator>>=(const T& n) { return *this = *this >> n; }
    // clang-format on

private:
    /// Stores raw units of 2^-F.
    template <int F, int W2, bool S2>
    constexpr void store(const ap_int_base<W2, S2>& raw) {
        V = fit<W, S, O, N>(quantization<W2, S2, F - fraction, Q>::apply(raw));
    }
};

template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N>
constexpr int ap_fixed_base<W, I, S, Q, O, N>::width;
template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N>
constexpr int ap_fixed_base<W, I, S, Q, O, N>::iwidth;
template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N>
constexpr ap_q_mode ap_fixed_base<W, I, S, Q, O, N>::qmode;
template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N>
constexpr ap_o_mode ap_fixed_base<W, I, S, Q, O, N>::omode;

/// The conversion that int_value.h announces: toward zero, then the low bits.
template <int W, bool S>
template <int W2, int I2, bool S2, ap_q_mode Q2, ap_o_mode O2, int N2>
constexpr ap_int_base<W, S>::ap_int_base(const ap_fixed_base<W2, I2, S2, Q2, O2, N2>& fixed)
    : ap_int_base(fixed.to_ap_int()) {}

}  // namespace ap_sim
