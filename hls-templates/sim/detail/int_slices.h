// References into integers: x[i] is a bit, x(hi, lo) a range of bits, (a, b) two integers end to end. All can be
// assigned to. As values a bit is a bool; a range of a W-bit integer is an ap_uint<W>, zero above its own length; a
// concatenation is unsigned and as wide as its parts together.
#pragma once

#include "int_value.h"

namespace ap_sim {

template <class Value>
class ap_bit_ref {
public:
    static constexpr int width = 1;

    constexpr ap_bit_ref(Value& owner, int i) : owner_(owner), i_(i) {
        if (i < 0 || i >= Value::width) fail("bit index outside the integer");
    }
    ap_bit_ref(const ap_bit_ref&) = default;

    constexpr operator bool() const { return owner_.field(i_, 1) != 0; }
    constexpr bool to_bool() const { return *this; }
    constexpr bool operator~() const { return !static_cast<bool>(*this); }
    constexpr int length() const { return 1; }

    constexpr ap_bit_ref& operator=(bool value) {
        owner_.set_field(i_, 1, value ? 1 : 0);
        return *this;
    }
    constexpr ap_bit_ref& operator=(const ap_bit_ref& other) { return *this = static_cast<bool>(other); }

    constexpr u64 field(int, int) const { return owner_.field(i_, 1); }
    constexpr void set_field(int, int, u64 value) { owner_.set_field(i_, 1, value); }

private:
    Value& owner_;
    int i_;
};

/// x(hi, lo). With hi < lo the bits are read, and written, in reverse order.
template <class Value>
class ap_range_ref {
public:
    static constexpr int width = Value::width;
    using value_type = ap_int_base<width, false>;

    constexpr ap_range_ref(Value& owner, int hi, int lo) : owner_(owner), hi_(hi), lo_(lo) {
        if (hi < 0 || lo < 0 || hi >= width || lo >= width) fail("bit range outside the integer");
    }
    ap_range_ref(const ap_range_ref&) = default;

    constexpr int length() const { return (hi_ < lo_ ? lo_ - hi_ : hi_ - lo_) + 1; }

    constexpr value_type get() const { return value_type(*this); }
    constexpr operator u64() const { return field(0, length() < 64 ? length() : 64); }
    constexpr int to_int() const { return static_cast<int>(static_cast<u64>(*this)); }
    constexpr unsigned to_uint() const { return static_cast<unsigned>(static_cast<u64>(*this)); }
    constexpr i64 to_int64() const { return static_cast<i64>(static_cast<u64>(*this)); }
    constexpr u64 to_uint64() const { return *this; }
    std::string to_string(int radix = 16) const { return get().to_string(radix); }
    constexpr bool and_reduce() const { return (~get() << (width - length())).iszero(); }
    constexpr bool or_reduce() const { return get().or_reduce(); }
    constexpr bool xor_reduce() const { return get().xor_reduce(); }

    /// Assigns the low bits of a value, which is extended by its own sign where it is shorter than the range.
    template <class T>
    constexpr ap_range_ref& operator=(const T& value) {
        assign_bits(as_int(value));
        return *this;
    }
    /// By value: the two may be parts of one integer.
    template <class Other>
    constexpr ap_range_ref& operator=(const ap_range_ref<Other>& other) {
        return assign_range(other);
    }
    constexpr ap_range_ref& operator=(const ap_range_ref& other) { return assign_range(other); }

    /// Bits at .. at+n-1 of the range, n <= 64.
    constexpr u64 field(int at, int n) const { return hi_ >= lo_ ? owner_.field(lo_ + at, n) : reversed_field(at, n); }
    constexpr void set_field(int at, int n, u64 value) {
        if (hi_ >= lo_) owner_.set_field(lo_ + at, n, value);
        else set_reversed_field(at, n, value);
    }
    /// r = the range, zero-extended or cut off.
    template <class R>
    constexpr void copy_to(R& r) const {
        const int n = length();
        for (int i = 0; i < R::limbs; ++i) {
            const int left = n - i * 64;
            r.set_limb(i, left <= 0 ? 0 : field(i * 64, left < 64 ? left : 64));
        }
        r.normalise();
    }

private:
    // Lanes of memory words come by here in the innermost loops: the usual case is small enough to be inlined.
    template <class T>
    constexpr void assign_bits(const T& value) {
        if (hi_ >= lo_ && hi_ - lo_ < 64) owner_.set_field(lo_, hi_ - lo_ + 1, value.limb(0));
        else assign_long(value);
    }
    template <class T>
    constexpr void assign_long(const T& value) {
        const int n = length();
        for (int at = 0; at < n; at += 64) set_field(at, n - at < 64 ? n - at : 64, value.limb(at >> 6));
    }
    __attribute__((cold)) constexpr u64 reversed_field(int at, int n) const {
        u64 value = 0;
        for (int i = 0; i < n; ++i) value |= owner_.field(lo_ - at - i, 1) << i;
        return value;
    }
    __attribute__((cold)) constexpr void set_reversed_field(int at, int n, u64 value) {
        for (int i = 0; i < n; ++i) owner_.set_field(lo_ - at - i, 1, (value >> i) & 1);
    }
    template <class Other>
    constexpr ap_range_ref& assign_range(const ap_range_ref<Other>& other) {
        if (length() <= 64) {
            set_field(0, length(), static_cast<u64>(other));
        } else {
            assign_bits(other.get());
        }
        return *this;
    }

    Value& owner_;
    int hi_;
    int lo_;
};

/// (high, low). A part is a reference to an integer, one of the references above, or a constant integer.
template <class High, class Low>
class ap_concat_ref {
    using high_type = std::remove_reference_t<High>;
    using low_type = std::remove_reference_t<Low>;

public:
    static constexpr int width = high_type::width + low_type::width;
    using value_type = ap_int_base<width, false>;

    constexpr ap_concat_ref(High high, Low low) : high_(high), low_(low) {}
    ap_concat_ref(const ap_concat_ref&) = default;

    constexpr int length() const { return high_.length() + low_.length(); }
    constexpr value_type get() const {
        value_type r;
        copy_part(r, low_, 0);
        copy_part(r, high_, low_.length());
        return r;
    }
    constexpr operator u64() const { return get().limb(0); }
    constexpr int to_int() const { return get().to_int(); }
    constexpr unsigned to_uint() const { return get().to_uint(); }
    constexpr i64 to_int64() const { return get().to_int64(); }
    constexpr u64 to_uint64() const { return get().to_uint64(); }

    /// The low bits go to the low part, the next ones to the high part.
    template <class T>
    constexpr ap_concat_ref& operator=(const T& value) {
        return assign_bits(value_type(as_int(value)));
    }
    constexpr ap_concat_ref& operator=(const ap_concat_ref& other) { return assign_bits(other.get()); }

    constexpr u64 field(int at, int n) const { return get().field(at, n); }
    constexpr void set_field(int at, int n, u64 value) {
        value_type all = get();
        all.set_field(at, n, value);
        assign_bits(all);
    }

private:
    template <class Part>
    static constexpr void copy_part(value_type& r, const Part& part, int to) {
        for (int at = 0; at < part.length(); at += 64) {
            const int n = part.length() - at < 64 ? part.length() - at : 64;
            r.set_field(to + at, n, part.field(at, n));
        }
    }
    template <class Part>
    static constexpr void assign_part(Part& part, const value_type& all, int from) {
        for (int at = 0; at < part.length(); at += 64) {
            const int n = part.length() - at < 64 ? part.length() - at : 64;
            part.set_field(at, n, all.field(from + at, n));
        }
    }
    constexpr ap_concat_ref& assign_bits(const value_type& all) {
        assign_part(low_, all, 0);
        assign_part(high_, all, low_.length());
        return *this;
    }

    High high_;
    Low low_;
};

// ---- what may stand beside what in an operator

/// Values of these classes bring the operators of int_operators.h into play.
template <class T>
struct is_int_class : std::false_type {};
template <int W, bool S>
struct is_int_class<ap_int_base<W, S>> : std::true_type {};
template <class Value>
struct is_int_class<ap_range_ref<Value>> : std::true_type {};
template <class High, class Low>
struct is_int_class<ap_concat_ref<High, Low>> : std::true_type {};

/// A bit does not: b << 3 is arithmetic on a bool. It only joins in.
template <class T>
struct is_int_operand : std::integral_constant<bool, is_int_class<T>::value || std::is_integral<T>::value> {};
template <class Value>
struct is_int_operand<ap_bit_ref<Value>> : std::true_type {};

template <class A, class B>
using if_int_pair = std::enable_if_t<(is_int_class<A>::value && is_int_operand<B>::value) ||
                                         (is_int_operand<A>::value && is_int_class<B>::value),
                                     int>;

// as_int, begun in int_value.h, makes an ap_int_base of any operand.
template <class Value>
constexpr ap_int_base<1, false> as_int(const ap_bit_ref<Value>& x) {
    return x;
}
template <class Value>
constexpr ap_int_base<Value::width, false> as_int(const ap_range_ref<Value>& x) {
    return x;
}
template <class High, class Low>
constexpr typename ap_concat_ref<High, Low>::value_type as_int(const ap_concat_ref<High, Low>& x) {
    return x.get();
}

/// How a concatenation holds an operand: a named integer by reference, everything else by value.
template <class T, bool Native = std::is_integral<std::decay_t<T>>::value>
struct concat_part {
    using type = std::decay_t<T>;
};
template <class T>
struct concat_part<T, true> {
    using type = typename native_traits<std::decay_t<T>>::type;
};
template <int W, bool S>
struct concat_part<ap_int_base<W, S>&, false> {
    using type = ap_int_base<W, S>&;
};

template <class A, class B>
using if_concat = std::enable_if_t<is_int_operand<std::decay_t<A>>::value && is_int_operand<std::decay_t<B>>::value &&
                                       !(std::is_integral<std::decay_t<A>>::value &&
                                         std::is_integral<std::decay_t<B>>::value),
                                   int>;

template <class A, class B, if_concat<A, B> = 0>
constexpr ap_concat_ref<typename concat_part<A>::type, typename concat_part<B>::type> operator,(A&& high, B&& low) {
    return {high, low};
}

}  // namespace ap_sim
