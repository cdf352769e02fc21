// The operators on fixed-point numbers. Every result but the quotient is exact; with F = W - I fraction bits:
//
//   + -      I = max(I1, I2) + 1, F = max(F1, F2); + is signed if either is, - always
//   *        I = I1 + I2, F = F1 + F2
//   /        I = I1 + F2 (+ 1 if the divisor is signed), F = F1; truncated toward zero
//   & | ^    I = max(I1, I2), F = max(F1, F2)
//
// where an unsigned operand beside a signed one counts one integer bit more. An integer of W bits is a fixed-point
// number with W integer bits.
#pragma once

#include <iosfwd>

#include "fixed_value.h"

namespace ap_sim {

template <class T>
struct is_fixed : std::false_type {};
template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N>
struct is_fixed<ap_fixed_base<W, I, S, Q, O, N>> : std::true_type {};

template <class A, class B>
using if_fixed_pair = std::enable_if_t<(is_fixed<A>::value && (is_fixed<B>::value || is_int_operand<B>::value)) ||
                                           (is_int_operand<A>::value && is_fixed<B>::value),
                                       int>;
template <class A, class B>
using if_fixed_and_floating = std::enable_if_t<(is_fixed<A>::value && std::is_floating_point<B>::value) ||
                                                   (std::is_floating_point<A>::value && is_fixed<B>::value),
                                               int>;

template <int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N>
constexpr const ap_fixed_base<W, I, S, Q, O, N>& as_fixed(const ap_fixed_base<W, I, S, Q, O, N>& x) {
    return x;
}
template <int W, bool S>
constexpr exact_fixed<W, W, S> as_fixed(const ap_int_base<W, S>& x) {
    return exact_fixed<W, W, S>::from_raw(x);
}
template <class T, std::enable_if_t<is_int_operand<T>::value, int> = 0>
constexpr auto as_fixed(const T& x) {
    return as_fixed(as_int(x));
}

template <class A, class B>
struct fixed_results {
    static constexpr bool s1 = A::sign_flag;
    static constexpr bool s2 = B::sign_flag;
    static constexpr int both = larger(A::iwidth + (s2 && !s1), B::iwidth + (s1 && !s2));
    static constexpr int fine = larger(A::fraction, B::fraction);
    static constexpr int quotient_shift = larger(B::fraction, 0);

    using sum = exact_fixed<both + 1 + fine, both + 1, s1 || s2>;
    using difference = exact_fixed<both + 1 + fine, both + 1, true>;
    using product = exact_fixed<A::width + B::width, A::iwidth + B::iwidth, s1 || s2>;
    using quotient = exact_fixed<A::width + quotient_shift + s2, A::iwidth + B::fraction + s2, s1 || s2>;
    using logic = exact_fixed<both + fine, both, s1 || s2>;
    using dividend = ap_int_base<A::width + quotient_shift, s1>;
    using quotient_rest = ap_int_base<B::width + 1, true>;
};
template <class A, class B>
using fixed_results_of = fixed_results<std::decay_t<decltype(as_fixed(std::declval<A>()))>,
                                       std::decay_t<decltype(as_fixed(std::declval<B>()))>>;

/// The operand in units of 2^-F, F no less than its own.
template <int F, class X>
constexpr auto in_units(const X& x) {
    ap_int_base<X::width + F - X::fraction, X::sign_flag> r;
    shift_left(r, x.V, F - X::fraction);
    return r;
}

template <class A, class B, if_fixed_pair<A, B> = 0>
constexpr typename fixed_results_of<A, B>::sum operator+(const A& a, const B& b) {
    using results = fixed_results_of<A, B>;
    typename results::sum r;
    add(r.V, in_units<results::fine>(as_fixed(a)), in_units<results::fine>(as_fixed(b)));
    return r;
}
template <class A, class B, if_fixed_pair<A, B> = 0>
constexpr typename fixed_results_of<A, B>::difference operator-(const A& a, const B& b) {
    using results = fixed_results_of<A, B>;
    typename results::difference r;
    subtract(r.V, in_units<results::fine>(as_fixed(a)), in_units<results::fine>(as_fixed(b)));
    return r;
}
template <class A, class B, if_fixed_pair<A, B> = 0>
constexpr typename fixed_results_of<A, B>::product operator*(const A& a, const B& b) {
    typename fixed_results_of<A, B>::product r;
    multiply(r.V, as_fixed(a).V, as_fixed(b).V);
    return r;
}
template <class A, class B, if_fixed_pair<A, B> = 0>
constexpr typename fixed_results_of<A, B>::quotient operator/(const A& a, const B& b) {
    using results = fixed_results_of<A, B>;
    typename results::dividend dividend;
    shift_left(dividend, as_fixed(a).V, results::quotient_shift);
    typename results::quotient r;
    typename results::quotient_rest rest;
    divide(r.V, rest, dividend, as_fixed(b).V);
    return r;
}
template <class A, class B, if_fixed_pair<A, B> = 0>
constexpr typename fixed_results_of<A, B>::logic operator&(const A& a, const B& b) {
    using results = fixed_results_of<A, B>;
    return results::logic::from_raw(in_units<results::fine>(as_fixed(a)) & in_units<results::fine>(as_fixed(b)));
}
template <class A, class B, if_fixed_pair<A, B> = 0>
constexpr typename fixed_results_of<A, B>::logic operator|(const A& a, const B& b) {
    using results = fixed_results_of<A, B>;
    return results::logic::from_raw(in_units<results::fine>(as_fixed(a)) | in_units<results::fine>(as_fixed(b)));
}
template <class A, class B, if_fixed_pair<A, B> = 0>
constexpr typename fixed_results_of<A, B>::logic operator^(const A& a, const B& b) {
    using results = fixed_results_of<A, B>;
    return results::logic::from_raw(in_units<results::fine>(as_fixed(a)) ^ in_units<results::fine>(as_fixed(b)));
}

// ---- comparisons, exact between fixed-point numbers; with a floating-point number, as doubles

template <class A, class B, if_fixed_pair<A, B> = 0>
constexpr bool operator==(const A& a, const B& b) {
    constexpr int fine = fixed_results_of<A, B>::fine;
    return equal(in_units<fine>(as_fixed(a)), in_units<fine>(as_fixed(b)));
}
template <class A, class B, if_fixed_pair<A, B> = 0>
constexpr bool operator<(const A& a, const B& b) {
    constexpr int fine = fixed_results_of<A, B>::fine;
    return less(in_units<fine>(as_fixed(a)), in_units<fine>(as_fixed(b)));
}
template <class A, class B, if_fixed_pair<A, B> = 0>
constexpr bool operator!=(const A& a, const B& b) {
    return !(a == b);
}
template <class A, class B, if_fixed_pair<A, B> = 0>
constexpr bool operator>(const A& a, const B& b) {
    return b < a;
}
template <class A, class B, if_fixed_pair<A, B> = 0>
constexpr bool operator<=(const A& a, const B& b) {
    return !(b < a);
}
template <class A, class B, if_fixed_pair<A, B> = 0>
constexpr bool operator>=(const A& a, const B& b) {
    return !(a < b);
}

/// Exact to the last bit where the number has at most 53.
template <class T, std::enable_if_t<is_fixed<T>::value, int> = 0>
double as_double(const T& x) {
    return x.to_double();
}
template <class T, if_floating<T> = 0>
double as_double(T x) {
    return static_cast<double>(x);
}
inline bool same_double(double a, double b) { return !(a < b) && !(a > b); }

template <class A, class B, if_fixed_and_floating<A, B> = 0>
bool operator==(const A& a, const B& b) {
    return same_double(as_double(a), as_double(b));
}
template <class A, class B, if_fixed_and_floating<A, B> = 0>
bool operator!=(const A& a, const B& b) {
    return !same_double(as_double(a), as_double(b));
}
template <class A, class B, if_fixed_and_floating<A, B> = 0>
bool operator<(const A& a, const B& b) {
    return as_double(a) < as_double(b);
}
template <class A, class B, if_fixed_and_floating<A, B> = 0>
bool operator>(const A& a, const B& b) {
    return as_double(a) > as_double(b);
}
template <class A, class B, if_fixed_and_floating<A, B> = 0>
bool operator<=(const A& a, const B& b) {
    return as_double(a) <= as_double(b);
}
template <class A, class B, if_fixed_and_floating<A, B> = 0>
bool operator>=(const A& a, const B& b) {
    return as_double(a) >= as_double(b);
}

/// Prints the value as a double.
template <class Traits, int W, int I, bool S, ap_q_mode Q, ap_o_mode O, int N>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                             const ap_fixed_base<W, I, S, Q, O, N>& x) {
    return out << x.to_double();
}

}  // namespace ap_sim
