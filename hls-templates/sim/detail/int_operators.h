// The operators on integers. Every result is exact: it has the width that its largest value needs.
//
//   +       max(W1, W2) + 1, signed if either is
//   -       the same, always signed
//   *       W1 + W2, signed if either is
//   /       W1, and 1 more if the divisor is signed; signed if either is
//   %       W2, but never more than W1; the sign of the dividend
//   & | ^   max(W1, W2), signed if either is
//
// where an unsigned operand beside a signed one counts one bit more (for %, a divisor beside a signed dividend). A
// native integer counts the bits of its type. << and >> keep the left operand's type: bits fall off.
#pragma once

#include "int_slices.h"

namespace ap_sim {

constexpr int larger(int a, int b) { return a > b ? a : b; }
constexpr int smaller(int a, int b) { return a < b ? a : b; }

template <class A, class B>
struct int_results {
    static constexpr int w1 = A::width;
    static constexpr int w2 = B::width;
    static constexpr bool s1 = A::sign_flag;
    static constexpr bool s2 = B::sign_flag;
    static constexpr int both = larger(w1 + (s2 && !s1), w2 + (s1 && !s2));

    using sum = ap_int_base<both + 1, s1 || s2>;
    using difference = ap_int_base<both + 1, true>;
    using product = ap_int_base<w1 + w2, s1 || s2>;
    using quotient = ap_int_base<w1 + s2, s1 || s2>;
    using remainder = ap_int_base<smaller(w1, w2 + (s1 && !s2)), s1>;
    using logic = ap_int_base<both, s1 || s2>;
};
template <class A, class B>
using results_of =
    int_results<std::decay_t<decltype(as_int(std::declval<A>()))>, std::decay_t<decltype(as_int(std::declval<B>()))>>;

template <class A, class B, if_int_pair<A, B> = 0>
constexpr typename results_of<A, B>::sum operator+(const A& a, const B& b) {
    typename results_of<A, B>::sum r;
    add(r, as_int(a), as_int(b));
    return r;
}
template <class A, class B, if_int_pair<A, B> = 0>
constexpr typename results_of<A, B>::difference operator-(const A& a, const B& b) {
    typename results_of<A, B>::difference r;
    subtract(r, as_int(a), as_int(b));
    return r;
}
template <class A, class B, if_int_pair<A, B> = 0>
constexpr typename results_of<A, B>::product operator*(const A& a, const B& b) {
    typename results_of<A, B>::product r;
    multiply(r, as_int(a), as_int(b));
    return r;
}
template <class A, class B, if_int_pair<A, B> = 0>
constexpr typename results_of<A, B>::quotient operator/(const A& a, const B& b) {
    typename results_of<A, B>::quotient q;
    typename results_of<A, B>::remainder r;
    divide(q, r, as_int(a), as_int(b));
    return q;
}
template <class A, class B, if_int_pair<A, B> = 0>
constexpr typename results_of<A, B>::remainder operator%(const A& a, const B& b) {
    typename results_of<A, B>::quotient q;
    typename results_of<A, B>::remainder r;
    divide(q, r, as_int(a), as_int(b));
    return r;
}

template <class R, class A, class B>
constexpr R bitwise_and(const A& a, const B& b) {
    R r;
    for (int i = 0; i < R::limbs; ++i) r.set_limb(i, a.limb(i) & b.limb(i));
    r.normalise();
    return r;
}
template <class R, class A, class B>
constexpr R bitwise_or(const A& a, const B& b) {
    R r;
    for (int i = 0; i < R::limbs; ++i) r.set_limb(i, a.limb(i) | b.limb(i));
    r.normalise();
    return r;
}
template <class R, class A, class B>
constexpr R bitwise_xor(const A& a, const B& b) {
    R r;
    for (int i = 0; i < R::limbs; ++i) r.set_limb(i, a.limb(i) ^ b.limb(i));
    r.normalise();
    return r;
}
template <class A, class B, if_int_pair<A, B> = 0>
constexpr typename results_of<A, B>::logic operator&(const A& a, const B& b) {
    return bitwise_and<typename results_of<A, B>::logic>(as_int(a), as_int(b));
}
template <class A, class B, if_int_pair<A, B> = 0>
constexpr typename results_of<A, B>::logic operator|(const A& a, const B& b) {
    return bitwise_or<typename results_of<A, B>::logic>(as_int(a), as_int(b));
}
template <class A, class B, if_int_pair<A, B> = 0>
constexpr typename results_of<A, B>::logic operator^(const A& a, const B& b) {
    return bitwise_xor<typename results_of<A, B>::logic>(as_int(a), as_int(b));
}

// ---- shifts. A negative count shifts the other way; a count past the width leaves zero, or the sign.

/// The count as an int, not further out than +-limit.
template <class N>
constexpr int shift_count(const N& n, int limit) {
    if (n.negative()) return less(n, as_int(-limit)) ? -limit : n.to_int();
    return less(as_int(limit), n) ? limit : n.to_int();
}
template <int W, bool S>
constexpr ap_int_base<W, S> shifted_left(const ap_int_base<W, S>& x, int n) {
    ap_int_base<W, S> r;
    if (n >= 0) shift_left(r, x, n);
    else shift_right(r, x, -n);
    return r;
}

/// A native integer shifted by one of ours is native arithmetic: only the left operand decides.
template <class A, class N>
using if_shift = std::enable_if_t<is_int_class<A>::value && is_int_operand<N>::value, int>;

template <class A, class N, if_shift<A, N> = 0>
constexpr auto operator<<(const A& a, const N& n) {
    const auto& x = as_int(a);
    return shifted_left(x, shift_count(as_int(n), x.width));
}
template <class A, class N, if_shift<A, N> = 0>
constexpr auto operator>>(const A& a, const N& n) {
    const auto& x = as_int(a);
    return shifted_left(x, -shift_count(as_int(n), x.width));
}

// ---- comparisons, of the values as numbers: -1 is less than any unsigned

template <class A, class B, if_int_pair<A, B> = 0>
constexpr bool operator==(const A& a, const B& b) {
    return equal(as_int(a), as_int(b));
}
template <class A, class B, if_int_pair<A, B> = 0>
constexpr bool operator!=(const A& a, const B& b) {
    return !equal(as_int(a), as_int(b));
}
template <class A, class B, if_int_pair<A, B> = 0>
constexpr bool operator<(const A& a, const B& b) {
    return less(as_int(a), as_int(b));
}
template <class A, class B, if_int_pair<A, B> = 0>
constexpr bool operator>(const A& a, const B& b) {
    return less(as_int(b), as_int(a));
}
template <class A, class B, if_int_pair<A, B> = 0>
constexpr bool operator<=(const A& a, const B& b) {
    return !less(as_int(b), as_int(a));
}
template <class A, class B, if_int_pair<A, B> = 0>
constexpr bool operator>=(const A& a, const B& b) {
    return !less(as_int(a), as_int(b));
}

}  // namespace ap_sim
