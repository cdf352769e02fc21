// Integer arithmetic of edgec kernels.
// Generated from runtime/Edgec.Runtime/Arithmetic; do not edit.
#ifndef EDGEC_ARITHMETIC_H
#define EDGEC_ARITHMETIC_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

static_assert(sizeof(int) == 4, "int has 32 bits");
static_assert((-1 & 3) == 3, "negative numbers are two's complement");
static_assert((-3 >> 1) == -2, "right shifts of negative numbers keep the sign");
static_assert((int32_t)UINT32_MAX == -1, "conversion to a signed type wraps");

// ==== Division ====
// The only place that divides by a variable: it runs once per row, and in hardware it is one divider. Quotients of
// 16-bit values, which are not for hardware, divide element by element.

// floor(dividend / divisor); the divisor is not zero.
static inline uint64_t edgec_division_quotient(uint64_t dividend, uint32_t divisor) {
    return dividend / divisor;
}

// ==== Scalar ====
// Rounding and element-wise steps of quantized arithmetic. Every one rounds at most once and clamps last. Plain sums
// and products are proven not to overflow for the ranges stated; shifts are arithmetic (floor).

// The nearest value to value in [lo, hi].
static inline int32_t edgec_clamp(int32_t value, int32_t lo, int32_t hi) {
    return value < lo ? lo : value > hi ? hi : value;
}

// The larger of two values.
static inline int32_t edgec_maximum(int32_t a, int32_t b) {
    return a > b ? a : b;
}

// The smaller of two values.
static inline int32_t edgec_minimum(int32_t a, int32_t b) {
    return a < b ? a : b;
}

// The nearest value to a 64-bit value in [lo, hi]: it clamps before it narrows.
static inline int32_t edgec_clamp_wide(int64_t value, int32_t lo, int32_t hi) {
    return value < lo ? lo : value > hi ? hi : (int32_t)value;
}

// clamp((acc * multiplier + addend) >> shift, lo, hi), where |acc * multiplier| + |addend| is under 2^62. An addend of
// 2^(shift-1) + zero * 2^shift rounds half up and adds the zero point. Shift is 1 to 47.
static inline int32_t edgec_requantize(
        int32_t acc, int32_t multiplier, int64_t addend, int32_t shift, int32_t lo, int32_t hi) {
    int64_t scaled = ((int64_t)acc * multiplier + addend) >> (shift & 63);
    return edgec_clamp_wide(scaled, lo, hi);
}

// Requantize of a 64-bit accumulator: |acc * multiplier| + |addend| is under 2^62.
static inline int32_t edgec_requantize_wide(
        int64_t acc, int32_t multiplier, int64_t addend, int32_t shift, int32_t lo, int32_t hi) {
    int64_t scaled = (acc * multiplier + addend) >> (shift & 63);
    return edgec_clamp_wide(scaled, lo, hi);
}

// Requantize of two 64-bit accumulators, each at a scale of its own: their sum is exact and rounds once. |a *
// multiplier_a| + |b * multiplier_b| + |addend| is under 2^62.
static inline int32_t edgec_requantize_joined(
        int64_t a, int32_t multiplier_a, int64_t b, int32_t multiplier_b, int64_t addend, int32_t shift, int32_t lo,
        int32_t hi) {
    int64_t scaled = (a * multiplier_a + b * multiplier_b + addend) >> (shift & 63);
    return edgec_clamp_wide(scaled, lo, hi);
}

// Requantize with the 16-bit multiplier of 8-bit results: the same value, a narrower product in hardware.
static inline int32_t edgec_requantize16(
        int32_t acc, uint16_t multiplier, int64_t addend, int32_t shift, int32_t lo, int32_t hi) {
    int64_t scaled = ((int64_t)acc * (int64_t)multiplier + addend) >> (shift & 63);
    return edgec_clamp_wide(scaled, lo, hi);
}

// clamp(zero + (((a-zero_a) * multiplier_a + (b-zero_b) * multiplier_b + 2^(shift-1)) >> shift), lo, hi). Values have
// at most 16 bits, multipliers 15 (23 for 16-bit results) and a sign: a negative multiplier_b subtracts. Shift is 1 to
// 47.
static inline int32_t edgec_add_quantized(
        int32_t a, int32_t zero_a, int32_t multiplier_a, int32_t b, int32_t zero_b, int32_t multiplier_b,
        int32_t shift, int32_t zero, int32_t lo, int32_t hi) {
    int64_t sum = (int64_t)(a - zero_a) * multiplier_a + (int64_t)(b - zero_b) * multiplier_b;
    int64_t half = (int64_t)(UINT64_C(1) << ((shift - 1) & 63));
    return edgec_clamp_wide(zero + ((sum + half) >> (shift & 63)), lo, hi);
}

// AddQuantized of 8-bit values by multipliers of 15 bits and a sign, shift 1 to 30: the same value, every sum of it in
// 32 bits.
static inline int32_t edgec_add_quantized32(
        int32_t a, int32_t zero_a, int32_t multiplier_a, int32_t b, int32_t zero_b, int32_t multiplier_b,
        int32_t shift, int32_t zero, int32_t lo, int32_t hi) {
    int32_t sum = (a - zero_a) * multiplier_a + (b - zero_b) * multiplier_b;
    int32_t half = (int32_t)(1U << ((shift - 1) & 31));
    return edgec_clamp(zero + ((sum + half) >> (shift & 31)), lo, hi);
}

// Requantize of (a-zero_a) * (b-zero_b), where that product has 32 bits (8-bit or symmetric 16-bit values).
static inline int32_t edgec_multiply_quantized(
        int32_t a, int32_t zero_a, int32_t b, int32_t zero_b, int32_t multiplier, int64_t addend, int32_t shift,
        int32_t lo, int32_t hi) {
    int32_t product = (a - zero_a) * (b - zero_b);
    return edgec_requantize(product, multiplier, addend, shift, lo, hi);
}

// clamp((d * multiplier + addend) >> shift, lo, hi) where d = a-zero_a is not negative, else clamp((d * (b-zero_b) *
// negative_multiplier + addend) >> shift, lo, hi). 8-bit values and multipliers below 2^30: the products stay below
// 2^46. Shift is 1 to 47.
static inline int32_t edgec_prelu_quantized(
        int32_t a, int32_t zero_a, int32_t b, int32_t zero_b, int32_t multiplier, int32_t negative_multiplier,
        int64_t addend, int32_t shift, int32_t lo, int32_t hi) {
    int32_t distance = a - zero_a;
    int32_t slope = distance < 0 ? b - zero_b : 1;
    int32_t scale = distance < 0 ? negative_multiplier : multiplier;
    int64_t scaled = (int64_t)(distance * slope) * scale;
    return edgec_clamp_wide((scaled + addend) >> (shift & 63), lo, hi);
}

// Requantize of a where it is not negative, else of a * b: each with a multiplier and a shift of its own, half up.
// 16-bit values with zero points of 0, multipliers of 24 bits. Shifts are 1 to 47.
static inline int32_t edgec_prelu_wide(
        int32_t a, int32_t b, int32_t multiplier, int32_t shift, int32_t negative_multiplier, int32_t negative_shift,
        int32_t lo, int32_t hi) {
    int32_t value = a < 0 ? a * b : a;
    int32_t scale = a < 0 ? negative_multiplier : multiplier;
    int32_t down = a < 0 ? negative_shift : shift;
    int64_t half = (int64_t)(UINT64_C(1) << ((down - 1) & 63));
    return edgec_clamp_wide(((int64_t)value * scale + half) >> (down & 63), lo, hi);
}

// clamp(a * multiplier / (b * 2^shift), lo, hi) to nearest, half away from zero; where b is 0 it is half a step. 16-bit
// values with zero points of 0 and a multiplier of 31 bits: the dividend stays below 2^63. Shift is 1 to 47.
static inline int32_t edgec_divide_wide(
        int32_t a, int32_t b, int32_t multiplier, int32_t shift, int32_t lo, int32_t hi) {
    int32_t magnitude = a < 0 ? -a : a;
    int32_t step = b < 0 ? -b : b;
    int32_t divisor = b == 0 ? 1 : 2 * step;
    int64_t half = (int64_t)((uint64_t)(int64_t)divisor << ((shift - 1) & 63));
    int64_t dividend = (int64_t)(2 * magnitude) * multiplier + half;
    uint64_t quotient = edgec_division_quotient((uint64_t)dividend, (uint32_t)divisor);
    int64_t rounded = (int64_t)(quotient >> (shift & 63));
    return edgec_clamp_wide((a ^ b) < 0 ? -rounded : rounded, lo, hi);
}

// The place in [0, extent) that an index names: a negative one counts from the end, one beyond an end stands for that
// end. Extent is at least 1.
static inline int32_t edgec_position(int64_t index, int32_t extent) {
    int64_t place = index < 0 ? index + extent : index;
    return edgec_clamp_wide(place, 0, extent - 1);
}

// ==== Interpolation ====
// Values between grid points, at a position with F fraction bits; the neighbours are stated relative to the zero point.

// (left * (2^F - fraction) + right * fraction + 2^(F-1)) >> F, for values of 17 bits, F from 1 to 13.
static inline int32_t edgec_interpolation_linear(int32_t left, int32_t right, int32_t fraction, int32_t fraction_bits) {
    int32_t one = (int32_t)(1U << (fraction_bits & 31));
    int32_t sum = left * (one - fraction) + right * fraction;
    return (sum + (one >> 1)) >> (fraction_bits & 31);
}

// clamp((left * (2^k - fraction) + right * fraction + 2^(k+3)) >> (k+4), lo, hi): a function of a 16-bit value between
// two entries of its table, 2^k apart. Entries have 4 fraction bits and at most 24 bits in all; k is 0 to 7.
static inline int32_t edgec_interpolation_curve(
        int32_t left, int32_t right, int32_t fraction, int32_t k, int32_t lo, int32_t hi) {
    int32_t one = (int32_t)(1U << (k & 31));
    int32_t sum = left * (one - fraction) + right * fraction;
    int32_t half = (int32_t)(1U << ((k + 3) & 31));
    return edgec_clamp((sum + half) >> ((k + 4) & 31), lo, hi);
}

// clamp((max(value, 0) * multiplier - (left * (2^k - fraction) + right * fraction) * 2^(shift-k-4) + 2^(shift-1)) >>
// shift, lo, hi): a function that differs from ReLU by an even function of the value, which lies between two entries of
// half a table. Entries as for Curve; the value has 16 bits, the multiplier 24, shift is k + 4 to 47, with (shift-k-4)
// such that the product stays below 2^62.
static inline int32_t edgec_interpolation_relu_delta(
        int32_t value, int32_t left, int32_t right, int32_t fraction, int32_t k, int32_t multiplier, int32_t shift,
        int32_t lo, int32_t hi) {
    int32_t one = (int32_t)(1U << (k & 31));
    int64_t delta = left * (one - fraction) + right * fraction;
    int64_t aligned = (int64_t)((uint64_t)delta << ((shift - k - 4) & 63));
    int64_t relu = (int64_t)edgec_maximum(value, 0) * multiplier;
    int64_t half = (int64_t)(UINT64_C(1) << ((shift - 1) & 63));
    return edgec_clamp_wide((relu - aligned + half) >> (shift & 63), lo, hi);
}

// The sum of four neighbours, each times its tap on both axes: 2^F - fraction near the first, fraction near the second.
// It has 2F fraction bits and is exact: values of 9 bits, F up to 7.
static inline int32_t edgec_interpolation_bilinear_sum(
        int32_t top_left, int32_t top_right, int32_t bottom_left, int32_t bottom_right, int32_t fraction_y,
        int32_t fraction_x, int32_t fraction_bits) {
    int32_t one = (int32_t)(1U << (fraction_bits & 31));
    int32_t top = top_left * (one - fraction_x) + top_right * fraction_x;
    int32_t bottom = bottom_left * (one - fraction_x) + bottom_right * fraction_x;
    return top * (one - fraction_y) + bottom * fraction_y;
}

// (bilinear_sum + 2^(F-1)) >> F: a sample with F fraction bits, the rounding of a deformable convolution.
static inline int32_t edgec_interpolation_sample(int32_t bilinear_sum, int32_t fraction_bits) {
    int32_t half = (int32_t)(1U << (fraction_bits & 31)) >> 1;
    return (bilinear_sum + half) >> (fraction_bits & 31);
}

// top + ((difference * fraction + 2^(F-1)) >> F): the sample between two rows that are interpolated already, which have
// F fraction bits and this difference. It is Sample of BilinearSum bit for bit, and for F up to 6 no step of it needs
// more than 16 bits.
static inline int32_t edgec_interpolation_sample_rows(
        int32_t top, int32_t difference, int32_t fraction, int32_t fraction_bits) {
    int32_t one = (int32_t)(1U << (fraction_bits & 31));
    int32_t whole = (difference >> (fraction_bits & 31)) * fraction;
    int32_t part = (difference & (one - 1)) * fraction + (one >> 1);
    return top + whole + (part >> (fraction_bits & 31));
}

// (bilinear_sum * mask + 2^(F+7)) >> (F+8), with a mask in 0 to 256: a modulated sample with F fraction bits.
static inline int32_t edgec_interpolation_sample_masked(int32_t bilinear_sum, int32_t mask, int32_t fraction_bits) {
    int32_t half = (int32_t)(1U << ((fraction_bits + 7) & 31));
    return (bilinear_sum * mask + half) >> ((fraction_bits + 8) & 31);
}

// ==== LayerNorm ====
// Normalization of a row by an exact integer V, the square of its deviation: w = V >> 2k with 2^30 <= w < 2^32, R =
// min(65535, isqrt(2^62 / w)), so R / 2^(31+k) is 1/sqrt(V). Division and root are floors: any algorithm gives the same
// bits.

// k, in [-15, 16], for a total V in [1, 2^63): V >> 2k (a left shift where k is negative) is in [2^30, 2^32).
static inline int32_t edgec_layer_norm_normalization_shift(uint64_t total) {
    uint64_t rest = total;
    int32_t zeros = 0;
    if (rest < UINT64_C(1) << 32) {
        rest <<= 32;
        zeros += 32;
    }

    if (rest < UINT64_C(1) << 48) {
        rest <<= 16;
        zeros += 16;
    }

    if (rest < UINT64_C(1) << 56) {
        rest <<= 8;
        zeros += 8;
    }

    if (rest < UINT64_C(1) << 60) {
        rest <<= 4;
        zeros += 4;
    }

    if (rest < UINT64_C(1) << 62) {
        zeros += 2;
    }

    return 16 - (zeros >> 1);
}

// R = min(65535, isqrt(floor(2^62 / w))) with w = total >> 2k, which is the greatest R of 16 bits with R² · w at most
// 2^62: found digit by digit from what each would add, with no multiplier and no division.
static inline uint32_t edgec_layer_norm_reciprocal(uint64_t total, int32_t k) {
    uint64_t normalized = k < 0 ? total << ((-2 * k) & 63) : total >> ((2 * k) & 63);
    uint64_t rest = UINT64_C(1) << 62;
    uint64_t product = 0;
    uint32_t root = 0;
    for (int32_t i = 0; i < 16; i++) {
        uint64_t digit = normalized << ((15 - i) & 63);
        uint64_t trial = ((product << 1) + digit) << ((15 - i) & 63);
        if (rest >= trial) {
            rest -= trial;
            product += digit;
            root += 1U << ((15 - i) & 31);
        }
    }

    return root;
}

// clamp(zero + ((centered * gain * reciprocal + bias * 2^(shift-8) + 2^(shift-1)) >> shift), lo, hi), where shift is e
// + G and both terms stay below 2^61.
static inline int32_t edgec_layer_norm_normalize(
        int32_t centered, int16_t gain, uint32_t reciprocal, int32_t bias, int32_t shift, int32_t zero, int32_t lo,
        int32_t hi) {
    int64_t scaled = (int64_t)centered * gain * (uint16_t)reciprocal;
    int64_t offset = (int64_t)((uint64_t)(int64_t)bias << ((shift - 8) & 63));
    int64_t half = (int64_t)(UINT64_C(1) << ((shift - 1) & 63));
    return edgec_clamp_wide(zero + ((scaled + offset + half) >> (shift & 63)), lo, hi);
}

// ==== Rounding ====
// Requantization as other runtimes round it. is the default and, with an addend of zero * 2^shift, truncation; here an
// addend holds no zero point, for what is added after rounding must not move a tie.

// clamp(zero + q, lo, hi), where q is scaled >> shift, made even where the shift loses no bit.
static inline int32_t edgec_rounding_even_tie(int64_t scaled, int32_t shift, int32_t zero, int32_t lo, int32_t hi) {
    int64_t floor = scaled >> (shift & 63);
    int64_t lost = scaled & ((int64_t)(UINT64_C(1) << (shift & 63)) - 1);
    int64_t rounded = lost == 0 ? floor & INT64_C(-2) : floor;
    return edgec_clamp_wide(zero + rounded, lo, hi);
}

// clamp(zero + q, lo, hi), where q is floor((acc * multiplier + addend) / 2^shift), made even where the division leaves
// nothing: with an addend of 2^(shift-1) the nearest integer, ties to even. |acc * multiplier| + |addend| is under
// 2^62, shift 1 to 47.
static inline int32_t edgec_rounding_half_even(
        int32_t acc, int32_t multiplier, int64_t addend, int32_t shift, int32_t zero, int32_t lo, int32_t hi) {
    int64_t scaled = (int64_t)acc * multiplier + addend;
    return edgec_rounding_even_tie(scaled, shift, zero, lo, hi);
}

// HalfEven of a 64-bit accumulator.
static inline int32_t edgec_rounding_half_even_wide(
        int64_t acc, int32_t multiplier, int64_t addend, int32_t shift, int32_t zero, int32_t lo, int32_t hi) {
    int64_t scaled = acc * multiplier + addend;
    return edgec_rounding_even_tie(scaled, shift, zero, lo, hi);
}

// HalfEven of two 64-bit accumulators, each at a scale of its own: |a * multiplier_a| + |b * multiplier_b| + |addend|
// is under 2^62.
static inline int32_t edgec_rounding_joined_half_even(
        int64_t a, int32_t multiplier_a, int64_t b, int32_t multiplier_b, int64_t addend, int32_t shift, int32_t zero,
        int32_t lo, int32_t hi) {
    int64_t scaled = a * multiplier_a + b * multiplier_b + addend;
    return edgec_rounding_even_tie(scaled, shift, zero, lo, hi);
}

// clamp(zero + q, lo, hi), where q is acc * multiplier / 2^shift rounded twice as TensorFlow Lite does it
// (MultiplyByQuantizedMultiplier): a doubling high multiplication rounds to 31 bits less, half up, then a right shift
// by what is left rounds half away from zero. The addend is 2^(min(shift, 31) - 1); the multiplier has 31 bits, shift
// is 1 to 62.
static inline int32_t edgec_rounding_twice(
        int32_t acc, int32_t multiplier, int64_t addend, int32_t shift, int32_t zero, int32_t lo, int32_t hi) {
    int32_t first = shift < 31 ? shift : 31;
    int64_t high = ((int64_t)acc * multiplier + addend) >> (first & 63);
    int32_t rest = shift - first;
    int64_t mask = (int64_t)(UINT64_C(1) << (rest & 63)) - 1;
    int64_t threshold = (mask >> 1) + (high < 0 ? INT64_C(1) : INT64_C(0));
    int64_t rounded = (high >> (rest & 63)) + ((high & mask) > threshold ? INT64_C(1) : INT64_C(0));
    return edgec_clamp_wide(zero + rounded, lo, hi);
}

// AddQuantized with ties to even.
static inline int32_t edgec_rounding_add_half_even(
        int32_t a, int32_t zero_a, int32_t multiplier_a, int32_t b, int32_t zero_b, int32_t multiplier_b,
        int32_t shift, int32_t zero, int32_t lo, int32_t hi) {
    int64_t sum = (int64_t)(a - zero_a) * multiplier_a + (int64_t)(b - zero_b) * multiplier_b;
    return edgec_rounding_even_tie(sum + (int64_t)(UINT64_C(1) << ((shift - 1) & 63)), shift, zero, lo, hi);
}

// AddQuantized without rounding: the floor.
static inline int32_t edgec_rounding_add_truncated(
        int32_t a, int32_t zero_a, int32_t multiplier_a, int32_t b, int32_t zero_b, int32_t multiplier_b,
        int32_t shift, int32_t zero, int32_t lo, int32_t hi) {
    int64_t sum = (int64_t)(a - zero_a) * multiplier_a + (int64_t)(b - zero_b) * multiplier_b;
    return edgec_clamp_wide(zero + (sum >> (shift & 63)), lo, hi);
}

// ==== Softmax ====
// Softmax of a row of quantized scores, independent of the order in which they arrive: E = round(32767 exp(-s d)) comes
// from a table of the distance d to the row's maximum, the sum of E is exact, and each weight rounds once.

// The number of leading zeros of a positive sum: sum << k is in [2^31, 2^32).
static inline int32_t edgec_softmax_normalization_shift(uint32_t sum) {
    uint32_t rest = sum;
    int32_t k = 0;
    if (rest < 1U << 16) {
        rest <<= 16;
        k += 16;
    }

    if (rest < 1U << 24) {
        rest <<= 8;
        k += 8;
    }

    if (rest < 1U << 28) {
        rest <<= 4;
        k += 4;
    }

    if (rest < 1U << 30) {
        rest <<= 2;
        k += 2;
    }

    if (rest < 1U << 31) {
        rest <<= 1;
        k += 1;
    }

    return k;
}

// min(16 * 2^18, (distance * multiplier) >> shift): log2 of exp(scale * distance) with 18 fraction bits, for scores of
// 16 bits, whose distance to the maximum has 16. The multiplier has 24 bits.
static inline int32_t edgec_softmax_exponent_position(int32_t distance, int32_t multiplier, int32_t shift) {
    int64_t position = ((int64_t)distance * multiplier) >> (shift & 63);
    return position < 4194304 ? (int32_t)position : 4194304;
}

// 32767 * 2^-(position / 2^18), between two entries of round(32767 * 2^3 * 2^(-i/128)): entry i is bits 11 to 17 of the
// position, its fraction bits 0 to 10, the shift what is above; rounded once, half up.
static inline int32_t edgec_softmax_exponential(int32_t left, int32_t right, int32_t position) {
    int32_t fraction = position & 2047;
    int32_t value = left * (2048 - fraction) + right * fraction;
    int32_t whole = position >> 18;
    int32_t half = (int32_t)(1U << ((13 + whole) & 31));
    return whole > 15 ? 0 : (value + half) >> ((14 + whole) & 31);
}

// min(65535, floor(2^47 / (sum << k))), a 16-bit reciprocal in [32768, 65535].
static inline uint32_t edgec_softmax_reciprocal(uint32_t sum, int32_t k) {
    uint32_t normalized = sum << (k & 31);
    uint32_t quotient = (uint32_t)edgec_division_quotient(UINT64_C(1) << 47, normalized);
    return quotient < 65535U ? quotient : 65535U;
}

// min(maximum, (exponential * maximum * reciprocal + 2^(46-k)) >> (47-k)). The exponential and the maximum (255, or
// 32767 where a matrix product follows) have 15 bits.
static inline int32_t edgec_softmax_weight(int32_t exponential, uint32_t reciprocal, int32_t k, int32_t maximum) {
    int64_t scaled = (int64_t)(exponential * maximum) * (uint16_t)reciprocal;
    int64_t rounded = (scaled + (int64_t)(UINT64_C(1) << ((46 - k) & 63))) >> ((47 - k) & 63);
    return rounded < maximum ? (int32_t)rounded : maximum;
}

// Which of 256 parts of [1, 2) the normalized sum is in: the entry of a table of logarithms below it.
static inline int32_t edgec_softmax_logarithm_index(uint32_t sum, int32_t k) {
    return (int32_t)(((sum << (k & 31)) >> 23) & 255);
}

// Between the logarithms at both ends of that part, by the sum's next 15 bits.
static inline int32_t edgec_softmax_logarithm(uint32_t sum, int32_t k, int32_t left, int32_t right) {
    int32_t fraction = (int32_t)(((sum << (k & 31)) >> 8) & 32767);
    int64_t rise = (int64_t)right - left;
    return left + (int32_t)((rise * fraction + 16384) >> 15);
}

// clamp(zero + ((distance * multiplier - logarithm + 2^(shift-1)) >> shift), lo, hi): the logarithm of a weight, its
// score's distance from the highest (not positive) less the logarithm of the sum. Both terms stay below 2^60.
static inline int32_t edgec_softmax_log_weight(
        int32_t distance, int32_t multiplier, int64_t logarithm, int32_t shift, int32_t zero, int32_t lo, int32_t hi) {
    int64_t scaled = (int64_t)distance * multiplier - logarithm;
    int64_t half = (int64_t)(UINT64_C(1) << ((shift - 1) & 63));
    return edgec_clamp_wide(zero + ((scaled + half) >> (shift & 63)), lo, hi);
}

// clamp(zero + ((acc * reciprocal * multiplier + 2^(46-k+shift)) >> (47-k+shift)), lo, hi): a sum of values weighted by
// exponentials, normalized and requantized with one rounding. The product stays below 2^62 and 47-k+shift below 63.
static inline int32_t edgec_softmax_requantize_weighted(
        int64_t acc, uint32_t reciprocal, int32_t k, int32_t multiplier, int32_t shift, int32_t zero, int32_t lo,
        int32_t hi) {
    int32_t down = 47 - k + shift;
    int64_t scaled = acc * (uint16_t)reciprocal * multiplier;
    int64_t half = (int64_t)(UINT64_C(1) << ((down - 1) & 63));
    return edgec_clamp_wide(zero + ((scaled + half) >> (down & 63)), lo, hi);
}

#endif
