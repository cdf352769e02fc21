// The roundings of the design's profile.
#pragma once

#include "commands.hpp"
#include "edgec_arithmetic.hpp"
#include "words.hpp"

namespace edgec {

/// A sum at the scale of a result, rounded once.
inline int rescaled(int sum, int multiplier, long long addend, int shift, int zero, int lo, int hi) {
    EDGEC_INLINE
    if (kRounding == kHalfEven) return rounding_half_even(sum, multiplier, addend, shift, zero, lo, hi);
    if (kRounding == kTwice) return rounding_twice(sum, multiplier, addend, shift, zero, lo, hi);
    return requantize(sum, multiplier, addend, shift, lo, hi);
}

/// a + b, each at a scale of its own, rounded once.
inline int rescaled_sum(int a, int zero_a, int by_a, int b, int zero_b, int by_b, int shift, int zero, int lo, int hi) {
    EDGEC_INLINE
    if (kRounding == kHalfEven) return rounding_add_half_even(a, zero_a, by_a, b, zero_b, by_b, shift, zero, lo, hi);
    if (kRounding == kDown) return rounding_add_truncated(a, zero_a, by_a, b, zero_b, by_b, shift, zero, lo, hi);
    return add_quantized(a, zero_a, by_a, b, zero_b, by_b, shift, zero, lo, hi);
}

}  // namespace edgec
