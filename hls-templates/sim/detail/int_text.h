// Integers to and from text and floating point: nothing here is on a fast path.
#pragma once

#include <algorithm>
#include <iosfwd>

#include "int_operators.h"

namespace ap_sim {

template <int W, bool S>
double ap_int_base<W, S>::to_double() const {
    if (this->limbs == 1)
        return S ? static_cast<double>(static_cast<i64>(this->limb(0))) : static_cast<double>(this->limb(0));
    // The top 64 bits, the lowest of them set when anything below is: enough for the conversion to round rightly.
    ap_int_base<W + 1, false> magnitude = *this;
    if (sign()) magnitude = -*this;
    const int below = std::max(highest_bit(magnitude) - 63, 0);
    u64 top = (magnitude >> below).limb(0);
    if (any_below(magnitude, below)) top |= 1;
    const double value = std::ldexp(static_cast<double>(top), below);
    return sign() ? -value : value;
}

template <int W, bool S>
void ap_int_base<W, S>::from_double(double value) {
    clear();
    if (!std::isfinite(value)) return;
    int exponent = 0;
    const double fraction = std::frexp(std::fabs(value), &exponent);  // |value| = mantissa * 2^(exponent - 53)
    const u64 mantissa = static_cast<u64>(std::ldexp(fraction, 53));
    if (exponent < 53) {
        this->set_limb(0, exponent <= 0 ? 0 : mantissa >> (53 - exponent));
        this->normalise();
    } else {
        *this = ap_int_base(mantissa);
        shift_left(*this, *this, exponent - 53);
    }
    if (value < 0) subtract(*this, ap_int_base(), *this);
}

template <int W, bool S>
void ap_int_base<W, S>::parse(const char* digits, int radix) {
    clear();
    const bool minus = *digits == '-';
    if (*digits == '-' || *digits == '+') ++digits;
    const char mark = radix == 16 ? 'x' : radix == 8 ? 'o' : radix == 2 ? 'b' : '\0';
    if (mark != '\0' && digits[0] == '0' && (digits[1] | 0x20) == mark) digits += 2;
    if (*digits == '\0') fail("a number without digits");
    for (; *digits != '\0'; ++digits) {
        const char c = *digits;
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : radix;
        if (digit >= radix) fail("a digit that the radix does not have");
        *this *= radix;
        *this += digit;
    }
    if (minus) subtract(*this, ap_int_base(), *this);
}

template <int W, bool S>
std::string ap_int_base<W, S>::to_string(int radix, bool with_sign) const {
    const bool minus = sign() && (radix == 10 || with_sign);
    ap_int_base<W + 1, false> left = ap_int_base<W, false>(*this);
    if (minus) left = -*this;
    std::string text;
    if (radix == 10) {
        for (; !left.iszero() || text.empty(); left /= 10u)
            text += static_cast<char>('0' + (left % 10u).to_int());
    } else if (radix == 2 || radix == 8 || radix == 16) {
        const int step = radix == 2 ? 1 : radix == 8 ? 3 : 4;
        for (int i = 0; i < W; i += step, left >>= step)
            text += "0123456789ABCDEF"[left.to_uint() % static_cast<unsigned>(radix)];
        while (with_sign && text.size() > 1 && text.back() == '0') text.pop_back();
    } else {
        fail("to_string knows radix 2, 8, 10 and 16");
    }
    if (minus) text += '-';
    std::reverse(text.begin(), text.end());
    return text;
}

/// Prints the value in decimal.
template <class Traits, int W, bool S>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const ap_int_base<W, S>& x) {
    return out << x.to_string(10);
}
template <class Traits, class Value>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const ap_range_ref<Value>& x) {
    return out << x.to_string(10);
}
template <class Traits, class High, class Low>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const ap_concat_ref<High, Low>& x) {
    return out << x.get().to_string(10);
}

}  // namespace ap_sim
