// How a fixed-point value is made to fit a narrower type: first quantization of the fraction bits that are too many,
// then overflow of the integer bits that are too many. Values here are raw integers in units of some power of two.
#pragma once

#include "int_text.h"

namespace ap_sim {

/// Of raw / 2^d: does the mode choose the integer above the floor? d >= 1.
template <ap_q_mode Q, class Raw>
constexpr bool rounds_up(const Raw& raw, int d) {
    const bool negative = raw.negative();
    if (Q == AP_TRN) return false;
    if (Q == AP_TRN_ZERO) return negative && any_below(raw, d);
    const bool half = bit_at(raw, d - 1);
    if (!half || Q == AP_RND) return half;
    const bool above_tie = any_below(raw, d - 1);
    switch (Q) {
        case AP_RND_ZERO: return above_tie || negative;
        case AP_RND_INF: return above_tie || !negative;
        case AP_RND_CONV: return above_tie || bit_at(raw, d);
        default: return above_tie;  // AP_RND_MIN_INF
    }
}

/// Raw integers in units of 2^-F1 to units of 2^-F2, rounding where F2 is less.
template <int W, bool S, int Drop, ap_q_mode Q, bool Drops = (Drop > 0)>
struct quantization {
    using type = ap_int_base<(W > Drop ? W - Drop : 1) + 1, S>;
    static constexpr type apply(const ap_int_base<W, S>& raw) {
        type r;
        shift_right(r, raw, Drop);
        if (rounds_up<Q>(raw, Drop)) ++r;
        return r;
    }
};
template <int W, bool S, int Drop, ap_q_mode Q>
struct quantization<W, S, Drop, Q, false> {
    using type = ap_int_base<W - Drop, S>;
    static constexpr type apply(const ap_int_base<W, S>& raw) {
        type r;
        shift_left(r, raw, -Drop);
        return r;
    }
};

/// The largest value of W bits.
template <int W, bool S>
constexpr ap_int_base<W, S> largest() {
    ap_int_base<W, S> r;
    for (int i = 0; i < r.limbs; ++i) r.set_limb(i, ~u64{0});
    r.normalise();
    if (S) r.set_field(W - 1, 1, 0);
    return r;
}
/// The smallest: -2^(W-1), or zero.
template <int W, bool S>
constexpr ap_int_base<W, S> smallest() {
    ap_int_base<W, S> r;
    if (S) r.set_field(W - 1, 1, 1);
    return r;
}
/// The negative of the largest, or zero.
template <int W, bool S>
constexpr ap_int_base<W, S> smallest_symmetric() {
    ap_int_base<W, S> r;
    if (S) subtract(r, r, largest<W, S>());
    return r;
}

/// `kept` holds the low W bits of a value that needed more; negative is the sign of that value.
template <int W, bool S, ap_o_mode O, int N, class Wide>
constexpr ap_int_base<W, S> overflowed(ap_int_base<W, S> kept, const Wide& value) {
    const bool negative = value.negative();
    if (O == AP_SAT) return negative ? smallest<W, S>() : largest<W, S>();
    if (O == AP_SAT_ZERO) return 0;
    if (O == AP_SAT_SYM) return negative ? smallest_symmetric<W, S>() : largest<W, S>();
    if (O == AP_WRAP && N == 0) return kept;

    // The bits that N and the sign decide, from the top: the sign, then its opposite (saturation at N bits).
    constexpr int fixed_bits = N < W ? N : W;
    bool lowest_changed = false;  // did the lowest decided bit change? Then a magnitude counts the other way.
    if (O == AP_WRAP_SM && N == 0) {
        const bool sign = bit_at(value, W);  // the lowest of the dropped bits
        lowest_changed = sign != bit_at(kept, W - 1);
        kept.set_field(W - 1, 1, sign);
    }
    for (int i = 0; i < fixed_bits; ++i) {
        const bool bit = S && i == 0 ? negative : !negative;
        lowest_changed = bit != bit_at(kept, W - 1 - i);
        kept.set_field(W - 1 - i, 1, bit);
    }
    constexpr int rest = W - (fixed_bits > 0 ? fixed_bits : 1);
    if (O == AP_WRAP_SM && lowest_changed)
        for (int i = 0; i < rest; ++i) kept.set_field(i, 1, !bit_at(kept, i));
    return kept;
}

/// Any raw integer to one of W bits.
template <int W, bool S, ap_o_mode O, int N, int W1, bool S1>
constexpr ap_int_base<W, S> fit(const ap_int_base<W1, S1>& value) {
    constexpr bool always_fits = S1 == S ? W1 <= W : !S1 && W1 < W;
    const ap_int_base<W, S> kept = value;
    if (O == AP_SAT_SYM && S && equal(value, smallest<W, S>())) return smallest_symmetric<W, S>();
    if (always_fits || (O == AP_WRAP && N == 0) || equal(kept, value)) return kept;
    return overflowed<W, S, O, N>(kept, value);
}

/// A double in units of 2^-F, quantized and fitted. Not a number counts as zero, infinity as a very large number.
template <int W, bool S, ap_q_mode Q, ap_o_mode O, int N>
ap_int_base<W, S> fit_double(double value, int F) {
    if (std::isnan(value) || value == 0) return 0;
    int exponent = 0;
    const double fraction = std::frexp(value, &exponent);
    i64 mantissa = value < 0 ? -1 : 1;  // value = mantissa * 2^exponent
    if (std::isinf(value)) {
        exponent = 4 * AP_INT_MAX_W;
    } else {
        mantissa = static_cast<i64>(std::ldexp(fraction, 53));
        exponent -= 53;
    }
    const ap_int_base<56, true> raw = mantissa;
    const int up = exponent + F;
    if (up >= 0) {
        // Past W + 1 places the low W + 1 bits are zero however far it goes on.
        ap_int_base<W + 58, true> wide;
        shift_left(wide, raw, smaller(up, W + 1));
        return fit<W, S, O, N>(wide);
    }
    const int down = smaller(-up, 56);  // further down only the sign is left
    ap_int_base<57, true> rounded;
    shift_right(rounded, raw, down);
    if (rounds_up<Q>(raw, down)) ++rounded;
    return fit<W, S, O, N>(rounded);
}

}  // namespace ap_sim
