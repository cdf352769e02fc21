// Arithmetic on words of any width: r = a op b, modulo two to the width of r.
//
// The caller chooses r wide enough (see int_operators.h) or means to wrap. One limb is plain machine arithmetic, two
// limbs go through the compiler's 128-bit integer, more are school arithmetic. r may be one of the operands.
#pragma once

#include "word.h"

namespace ap_sim {

template <class R, class A, class B>
constexpr void add(R& r, const A& a, const B& b) {
    using work = typename R::work;
    if (R::limbs == 1) {
        r.set_limb(0, static_cast<work>(static_cast<work>(a.limb(0)) + static_cast<work>(b.limb(0))));
    } else if (R::limbs == 2) {
        assign128(r, low128(a) + low128(b));
    } else {
        u128 carry = 0;
        for (int i = 0; i < R::limbs; ++i) {
            carry += static_cast<u128>(a.limb(i)) + b.limb(i);
            r.set_limb(i, static_cast<u64>(carry));
            carry >>= 64;
        }
        r.normalise();
    }
}

template <class R, class A, class B>
constexpr void subtract(R& r, const A& a, const B& b) {
    using work = typename R::work;
    if (R::limbs == 1) {
        r.set_limb(0, static_cast<work>(static_cast<work>(a.limb(0)) - static_cast<work>(b.limb(0))));
    } else if (R::limbs == 2) {
        assign128(r, low128(a) - low128(b));
    } else {
        u128 carry = 1;  // a - b = a + ~b + 1
        for (int i = 0; i < R::limbs; ++i) {
            carry += static_cast<u128>(a.limb(i)) + static_cast<u64>(~b.limb(i));
            r.set_limb(i, static_cast<u64>(carry));
            carry >>= 64;
        }
        r.normalise();
    }
}

template <class R, class A, class B>
constexpr void multiply(R& r, const A& a, const B& b) {
    using work = typename R::work;
    if (R::limbs == 1) {
        r.set_limb(0, static_cast<work>(static_cast<work>(a.limb(0)) * static_cast<work>(b.limb(0))));
    } else if (R::limbs == 2) {
        assign128(r, low128(a) * low128(b));
    } else {
        u64 sum[R::limbs] = {};
        for (int i = 0; i < R::limbs; ++i) {
            u64 carry = 0;
            for (int j = 0; i + j < R::limbs; ++j) {
                const u128 t = static_cast<u128>(a.limb(i)) * b.limb(j) + sum[i + j] + carry;
                sum[i + j] = static_cast<u64>(t);
                carry = static_cast<u64>(t >> 64);
            }
        }
        for (int i = 0; i < R::limbs; ++i) r.set_limb(i, sum[i]);
        r.normalise();
    }
}

/// r = a << n, n >= 0.
template <class R, class A>
constexpr void shift_left(R& r, const A& a, int n) {
    if (R::limbs == 1) {
        r.set_limb(0, n > 63 ? 0 : a.limb(0) << n);
        return;
    }
    const int whole = n >> 6;
    const int part = n & 63;
    for (int i = R::limbs - 1; i >= 0; --i) {  // from the top: a may be r
        const u64 high = i >= whole ? a.limb(i - whole) : 0;
        const u64 low = i > whole ? a.limb(i - whole - 1) : 0;
        r.set_limb(i, part == 0 ? high : (high << part) | (low >> (64 - part)));
    }
    r.normalise();
}

/// r = floor(a / 2^n), n >= 0.
template <class R, class A>
constexpr void shift_right(R& r, const A& a, int n) {
    if (A::limbs == 1) {
        const u64 value = a.limb(0);
        const u64 shifted = A::is_signed ? static_cast<u64>(static_cast<i64>(value) >> (n > 63 ? 63 : n))
                                         : (n > 63 ? 0 : value >> n);
        r.set_limb(0, shifted);
        for (int i = 1; i < R::limbs; ++i) r.set_limb(i, a.fill());
    } else {
        const int whole = n >> 6;
        const int part = n & 63;
        for (int i = 0; i < R::limbs; ++i) {  // from the bottom: a may be r
            const u64 low = a.limb(i + whole);
            const u64 high = a.limb(i + whole + 1);
            r.set_limb(i, part == 0 ? low : (low >> part) | (high << (64 - part)));
        }
    }
    r.normalise();
}

/// Of two words, the one with more limbs tells how far to look.
template <class A, class B>
struct common_limbs {
    static constexpr int value = A::limbs > B::limbs ? A::limbs : B::limbs;
    static constexpr bool fit_i64 = A::limbs == 1 && B::limbs == 1 && (A::is_signed || A::bits < 64) &&
                                    (B::is_signed || B::bits < 64);
};

template <class A, class B>
constexpr bool equal(const A& a, const B& b) {
    if (common_limbs<A, B>::fit_i64) return a.limb(0) == b.limb(0);
    for (int i = 0; i < common_limbs<A, B>::value; ++i)
        if (a.limb(i) != b.limb(i)) return false;
    return a.negative() == b.negative();
}

template <class A, class B>
constexpr bool less(const A& a, const B& b) {
    if (common_limbs<A, B>::fit_i64) return static_cast<i64>(a.limb(0)) < static_cast<i64>(b.limb(0));
    if (a.negative() != b.negative()) return a.negative();
    for (int i = common_limbs<A, B>::value - 1; i >= 0; --i)
        if (a.limb(i) != b.limb(i)) return a.limb(i) < b.limb(i);
    return false;
}

template <class A>
constexpr bool is_zero(const A& a) {
    for (int i = 0; i < A::limbs; ++i)
        if (a.limb(i) != 0) return false;
    return true;
}

/// Is any of the lowest n bits set?
template <class A>
constexpr bool any_below(const A& a, int n) {
    for (int i = 0; i * 64 < n; ++i) {
        const int left = n - i * 64;
        if ((a.limb(i) & low_mask(left < 64 ? left : 64)) != 0) return true;
    }
    return false;
}

template <class A>
constexpr bool bit_at(const A& a, int i) {
    return ((a.limb(i >> 6) >> (i & 63)) & 1) != 0;
}

/// Position of the highest bit set, -1 for zero; of a negative word, that of its limbs' pattern.
template <class A>
constexpr int highest_bit(const A& a) {
    for (int i = A::limbs - 1; i >= 0; --i)
        if (a.limb(i) != 0) return i * 64 + 63 - __builtin_clzll(a.limb(i));
    return -1;
}

/// A natural number of N limbs: the magnitudes in a division.
template <int N>
struct natural {
    u64 d[N] = {};

    template <class A>
    constexpr void set_magnitude(const A& a) {
        u64 carry = a.negative() ? 1 : 0;  // -a = ~a + 1
        for (int i = 0; i < N; ++i) {
            d[i] = a.negative() ? ~a.limb(i) + carry : a.limb(i);
            if (d[i] != 0) carry = 0;
        }
    }
    template <class R>
    constexpr void get(R& r, bool negate) const {
        u64 carry = 1;
        for (int i = 0; i < R::limbs; ++i) {
            const u64 value = i < N ? d[i] : 0;
            r.set_limb(i, negate ? ~value + carry : value);
            if (value != 0) carry = 0;
        }
        r.normalise();
    }
    constexpr bool less_than(const natural& other) const {
        for (int i = N - 1; i >= 0; --i)
            if (d[i] != other.d[i]) return d[i] < other.d[i];
        return false;
    }
    constexpr void subtract(const natural& other) {
        u64 borrow = 0;
        for (int i = 0; i < N; ++i) {
            const u128 t = static_cast<u128>(d[i]) - other.d[i] - borrow;
            d[i] = static_cast<u64>(t);
            borrow = static_cast<u64>(t >> 64) & 1;
        }
    }
    constexpr void shift_in(bool bit) {
        u64 carry = bit ? 1 : 0;
        for (int i = 0; i < N; ++i) {
            const u64 out = d[i] >> 63;
            d[i] = (d[i] << 1) | carry;
            carry = out;
        }
    }
};

/// quotient = a / b toward zero, remainder = a - quotient*b (it has the sign of a).
template <class Q, class R, class A, class B>
constexpr void divide(Q& quotient, R& remainder, const A& a, const B& b) {
    if (is_zero(b)) fail("division by zero");
    constexpr int N = common_limbs<A, B>::value;
    natural<N> x, y, q, r;
    x.set_magnitude(a);
    y.set_magnitude(b);
    const bool a_negative = a.negative();
    const bool b_negative = b.negative();
    if (N == 1) {
        q.d[0] = x.d[0] / y.d[0];
        r.d[0] = x.d[0] % y.d[0];
    } else if (N == 2) {
        const u128 dividend = (static_cast<u128>(x.d[N - 1]) << 64) | x.d[0];
        const u128 divisor = (static_cast<u128>(y.d[N - 1]) << 64) | y.d[0];
        q.d[0] = static_cast<u64>(dividend / divisor);
        q.d[N - 1] = static_cast<u64>((dividend / divisor) >> 64);
        r.d[0] = static_cast<u64>(dividend % divisor);
        r.d[N - 1] = static_cast<u64>((dividend % divisor) >> 64);
    } else {
        for (int i = N * 64 - 1; i >= 0; --i) {  // long division, one bit a step
            r.shift_in(((x.d[i >> 6] >> (i & 63)) & 1) != 0);
            const bool fits = !r.less_than(y);
            if (fits) r.subtract(y);
            q.shift_in(fits);
        }
    }
    q.get(quotient, a_negative != b_negative);
    r.get(remainder, a_negative);
}

}  // namespace ap_sim
