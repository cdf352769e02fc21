// Integer arithmetic of edgec kernels.
// Generated from runtime/Edgec.Runtime/Arithmetic; do not edit.
#ifndef EDGEC_ARITHMETIC_HPP
#define EDGEC_ARITHMETIC_HPP

#include <ap_int.h>

namespace edgec {

// ==== Division ====
// The only place that divides by a variable: it runs once per row, and in hardware it is one divider. Quotients of
// 16-bit values, which are not for hardware, divide element by element.

// floor(dividend / divisor); the divisor is not zero.
inline ap_uint<64> division_quotient(ap_uint<64> dividend, ap_uint<32> divisor) {
#pragma HLS inline
    return dividend / divisor;
}

// ==== Scalar ====
// Rounding and element-wise steps of quantized arithmetic. Every one rounds at most once and clamps last. Plain sums
// and products are proven not to overflow for the ranges stated; shifts are arithmetic (floor).

// The nearest value to value in [lo, hi].
inline ap_int<32> clamp(ap_int<32> value, ap_int<32> lo, ap_int<32> hi) {
#pragma HLS inline
    return value < lo ? lo : value > hi ? hi : value;
}

// The larger of two values.
inline ap_int<32> maximum(ap_int<32> a, ap_int<32> b) {
#pragma HLS inline
    return a > b ? a : b;
}

// The smaller of two values.
inline ap_int<32> minimum(ap_int<32> a, ap_int<32> b) {
#pragma HLS inline
    return a < b ? a : b;
}

// The nearest value to a 64-bit value in [lo, hi]: it clamps before it narrows.
inline ap_int<32> clamp_wide(ap_int<64> value, ap_int<32> lo, ap_int<32> hi) {
#pragma HLS inline
    return value < lo ? lo : value > hi ? hi : ap_int<32>(value);
}

// clamp((acc * multiplier + addend) >> shift, lo, hi), where |acc * multiplier| + |addend| is under 2^62. An addend of
// 2^(shift-1) + zero * 2^shift rounds half up and adds the zero point. Shift is 1 to 47.
inline ap_int<32> requantize(
        ap_int<32> acc, ap_int<32> multiplier, ap_int<64> addend, ap_int<32> shift, ap_int<32> lo, ap_int<32> hi) {
#pragma HLS inline
    ap_int<64> scaled = ap_int<64>(acc * multiplier + addend) >> ap_uint<6>(shift);
    return clamp_wide(scaled, lo, hi);
}

// Requantize of a 64-bit accumulator: |acc * multiplier| + |addend| is under 2^62.
inline ap_int<32> requantize_wide(
        ap_int<64> acc, ap_int<32> multiplier, ap_int<64> addend, ap_int<32> shift, ap_int<32> lo, ap_int<32> hi) {
#pragma HLS inline
    ap_int<64> scaled = ap_int<64>(acc * multiplier + addend) >> ap_uint<6>(shift);
    return clamp_wide(scaled, lo, hi);
}

// Requantize of two 64-bit accumulators, each at a scale of its own: their sum is exact and rounds once. |a *
// multiplier_a| + |b * multiplier_b| + |addend| is under 2^62.
inline ap_int<32> requantize_joined(
        ap_int<64> a, ap_int<32> multiplier_a, ap_int<64> b, ap_int<32> multiplier_b, ap_int<64> addend,
        ap_int<32> shift, ap_int<32> lo, ap_int<32> hi) {
#pragma HLS inline
    ap_int<64> scaled = ap_int<64>(a * multiplier_a + b * multiplier_b + addend) >> ap_uint<6>(shift);
    return clamp_wide(scaled, lo, hi);
}

// Requantize with the 16-bit multiplier of 8-bit results: the same value, a narrower product in hardware.
inline ap_int<32> requantize16(
        ap_int<32> acc, ap_uint<16> multiplier, ap_int<64> addend, ap_int<32> shift, ap_int<32> lo, ap_int<32> hi) {
#pragma HLS inline
    ap_int<64> scaled = ap_int<64>(acc * multiplier + addend) >> ap_uint<6>(shift);
    return clamp_wide(scaled, lo, hi);
}

// clamp(zero + (((a-zero_a) * multiplier_a + (b-zero_b) * multiplier_b + 2^(shift-1)) >> shift), lo, hi). Values have
// at most 16 bits, multipliers 15 (23 for 16-bit results) and a sign: a negative multiplier_b subtracts. Shift is 1 to
// 47.
inline ap_int<32> add_quantized(
        ap_int<32> a, ap_int<32> zero_a, ap_int<32> multiplier_a, ap_int<32> b, ap_int<32> zero_b,
        ap_int<32> multiplier_b, ap_int<32> shift, ap_int<32> zero, ap_int<32> lo, ap_int<32> hi) {
#pragma HLS inline
    ap_int<64> sum = ap_int<32>(a - zero_a) * multiplier_a + ap_int<32>(b - zero_b) * multiplier_b;
    ap_int<64> half = ap_int<64>(1) << ap_uint<6>(shift - 1);
    return clamp_wide(zero + (ap_int<64>(sum + half) >> ap_uint<6>(shift)), lo, hi);
}

// AddQuantized of 8-bit values by multipliers of 15 bits and a sign, shift 1 to 30: the same value, every sum of it in
// 32 bits.
inline ap_int<32> add_quantized32(
        ap_int<32> a, ap_int<32> zero_a, ap_int<32> multiplier_a, ap_int<32> b, ap_int<32> zero_b,
        ap_int<32> multiplier_b, ap_int<32> shift, ap_int<32> zero, ap_int<32> lo, ap_int<32> hi) {
#pragma HLS inline
    ap_int<32> sum = ap_int<32>(a - zero_a) * multiplier_a + ap_int<32>(b - zero_b) * multiplier_b;
    ap_int<32> half = ap_int<32>(1) << ap_uint<5>(shift - 1);
    return clamp(zero + (ap_int<32>(sum + half) >> ap_uint<5>(shift)), lo, hi);
}

// Requantize of (a-zero_a) * (b-zero_b), where that product has 32 bits (8-bit or symmetric 16-bit values).
inline ap_int<32> multiply_quantized(
        ap_int<32> a, ap_int<32> zero_a, ap_int<32> b, ap_int<32> zero_b, ap_int<32> multiplier, ap_int<64> addend,
        ap_int<32> shift, ap_int<32> lo, ap_int<32> hi) {
#pragma HLS inline
    ap_int<32> product = ap_int<32>(a - zero_a) * ap_int<32>(b - zero_b);
    return requantize(product, multiplier, addend, shift, lo, hi);
}

// clamp((d * multiplier + addend) >> shift, lo, hi) where d = a-zero_a is not negative, else clamp((d * (b-zero_b) *
// negative_multiplier + addend) >> shift, lo, hi). 8-bit values and multipliers below 2^30: the products stay below
// 2^46. Shift is 1 to 47.
inline ap_int<32> prelu_quantized(
        ap_int<32> a, ap_int<32> zero_a, ap_int<32> b, ap_int<32> zero_b, ap_int<32> multiplier,
        ap_int<32> negative_multiplier, ap_int<64> addend, ap_int<32> shift, ap_int<32> lo, ap_int<32> hi) {
#pragma HLS inline
    ap_int<32> distance = a - zero_a;
    ap_int<32> slope = distance < 0 ? ap_int<32>(b - zero_b) : ap_int<32>(1);
    ap_int<32> scale = distance < 0 ? negative_multiplier : multiplier;
    ap_int<64> scaled = ap_int<32>(distance * slope) * scale;
    return clamp_wide(ap_int<64>(scaled + addend) >> ap_uint<6>(shift), lo, hi);
}

// Requantize of a where it is not negative, else of a * b: each with a multiplier and a shift of its own, half up.
// 16-bit values with zero points of 0, multipliers of 24 bits. Shifts are 1 to 47.
inline ap_int<32> prelu_wide(
        ap_int<32> a, ap_int<32> b, ap_int<32> multiplier, ap_int<32> shift, ap_int<32> negative_multiplier,
        ap_int<32> negative_shift, ap_int<32> lo, ap_int<32> hi) {
#pragma HLS inline
    ap_int<32> value = a < 0 ? ap_int<32>(a * b) : a;
    ap_int<32> scale = a < 0 ? negative_multiplier : multiplier;
    ap_int<32> down = a < 0 ? negative_shift : shift;
    ap_int<64> half = ap_int<64>(1) << ap_uint<6>(down - 1);
    return clamp_wide(ap_int<64>(value * scale + half) >> ap_uint<6>(down), lo, hi);
}

// clamp(a * multiplier / (b * 2^shift), lo, hi) to nearest, half away from zero; where b is 0 it is half a step. 16-bit
// values with zero points of 0 and a multiplier of 31 bits: the dividend stays below 2^63. Shift is 1 to 47.
inline ap_int<32> divide_wide(
        ap_int<32> a, ap_int<32> b, ap_int<32> multiplier, ap_int<32> shift, ap_int<32> lo, ap_int<32> hi) {
#pragma HLS inline
    ap_int<32> magnitude = a < 0 ? ap_int<32>(-a) : a;
    ap_int<32> step = b < 0 ? ap_int<32>(-b) : b;
    ap_int<32> divisor = b == 0 ? ap_int<32>(1) : ap_int<32>(2 * step);
    ap_int<64> half = ap_int<64>(divisor) << ap_uint<6>(shift - 1);
    ap_int<64> dividend = ap_int<32>(2 * magnitude) * multiplier + half;
    ap_uint<64> quotient = division_quotient(ap_uint<64>(dividend), ap_uint<32>(divisor));
    ap_int<64> rounded = ap_int<64>(quotient >> ap_uint<6>(shift));
    return clamp_wide((a ^ b) < 0 ? ap_int<64>(-rounded) : rounded, lo, hi);
}

// The place in [0, extent) that an index names: a negative one counts from the end, one beyond an end stands for that
// end. Extent is at least 1.
inline ap_int<32> position(ap_int<64> index, ap_int<32> extent) {
#pragma HLS inline
    ap_int<64> place = index < 0 ? ap_int<64>(index + extent) : index;
    return clamp_wide(place, 0, extent - 1);
}

// ==== Interpolation ====
// Values between grid points, at a position with F fraction bits; the neighbours are stated relative to the zero point.

// (left * (2^F - fraction) + right * fraction + 2^(F-1)) >> F, for values of 17 bits, F from 1 to 13.
inline ap_int<32> interpolation_linear(
        ap_int<32> left, ap_int<32> right, ap_int<32> fraction, ap_int<32> fraction_bits) {
#pragma HLS inline
    ap_int<32> one = ap_int<32>(1) << ap_uint<5>(fraction_bits);
    ap_int<32> sum = left * ap_int<32>(one - fraction) + right * fraction;
    return ap_int<32>(sum + (one >> 1)) >> ap_uint<5>(fraction_bits);
}

// clamp((left * (2^k - fraction) + right * fraction + 2^(k+3)) >> (k+4), lo, hi): a function of a 16-bit value between
// two entries of its table, 2^k apart. Entries have 4 fraction bits and at most 24 bits in all; k is 0 to 7.
inline ap_int<32> interpolation_curve(
        ap_int<32> left, ap_int<32> right, ap_int<32> fraction, ap_int<32> k, ap_int<32> lo, ap_int<32> hi) {
#pragma HLS inline
    ap_int<32> one = ap_int<32>(1) << ap_uint<5>(k);
    ap_int<32> sum = left * ap_int<32>(one - fraction) + right * fraction;
    ap_int<32> half = ap_int<32>(1) << ap_uint<5>(k + 3);
    return clamp(ap_int<32>(sum + half) >> ap_uint<5>(k + 4), lo, hi);
}

// clamp((max(value, 0) * multiplier - (left * (2^k - fraction) + right * fraction) * 2^(shift-k-4) + 2^(shift-1)) >>
// shift, lo, hi): a function that differs from ReLU by an even function of the value, which lies between two entries of
// half a table. Entries as for Curve; the value has 16 bits, the multiplier 24, shift is k + 4 to 47, with (shift-k-4)
// such that the product stays below 2^62.
inline ap_int<32> interpolation_relu_delta(
        ap_int<32> value, ap_int<32> left, ap_int<32> right, ap_int<32> fraction, ap_int<32> k, ap_int<32> multiplier,
        ap_int<32> shift, ap_int<32> lo, ap_int<32> hi) {
#pragma HLS inline
    ap_int<32> one = ap_int<32>(1) << ap_uint<5>(k);
    ap_int<64> delta = left * ap_int<32>(one - fraction) + right * fraction;
    ap_int<64> aligned = delta << ap_uint<6>(shift - k - 4);
    ap_int<64> relu = maximum(value, 0) * multiplier;
    ap_int<64> half = ap_int<64>(1) << ap_uint<6>(shift - 1);
    return clamp_wide(ap_int<64>(relu - aligned + half) >> ap_uint<6>(shift), lo, hi);
}

// The sum of four neighbours, each times its tap on both axes: 2^F - fraction near the first, fraction near the second.
// It has 2F fraction bits and is exact: values of 9 bits, F up to 7.
inline ap_int<32> interpolation_bilinear_sum(
        ap_int<32> top_left, ap_int<32> top_right, ap_int<32> bottom_left, ap_int<32> bottom_right,
        ap_int<32> fraction_y, ap_int<32> fraction_x, ap_int<32> fraction_bits) {
#pragma HLS inline
    ap_int<32> one = ap_int<32>(1) << ap_uint<5>(fraction_bits);
    ap_int<32> top = top_left * ap_int<32>(one - fraction_x) + top_right * fraction_x;
    ap_int<32> bottom = bottom_left * ap_int<32>(one - fraction_x) + bottom_right * fraction_x;
    return top * ap_int<32>(one - fraction_y) + bottom * fraction_y;
}

// (bilinear_sum + 2^(F-1)) >> F: a sample with F fraction bits, the rounding of a deformable convolution.
inline ap_int<32> interpolation_sample(ap_int<32> bilinear_sum, ap_int<32> fraction_bits) {
#pragma HLS inline
    ap_int<32> half = (ap_int<32>(1) << ap_uint<5>(fraction_bits)) >> 1;
    return ap_int<32>(bilinear_sum + half) >> ap_uint<5>(fraction_bits);
}

// top + ((difference * fraction + 2^(F-1)) >> F): the sample between two rows that are interpolated already, which have
// F fraction bits and this difference. It is Sample of BilinearSum bit for bit, and for F up to 6 no step of it needs
// more than 16 bits.
inline ap_int<32> interpolation_sample_rows(
        ap_int<32> top, ap_int<32> difference, ap_int<32> fraction, ap_int<32> fraction_bits) {
#pragma HLS inline
    ap_int<32> one = ap_int<32>(1) << ap_uint<5>(fraction_bits);
    ap_int<32> whole = (difference >> ap_uint<5>(fraction_bits)) * fraction;
    ap_int<32> part = ap_int<32>(difference & ap_int<32>(one - 1)) * fraction + (one >> 1);
    return top + whole + (part >> ap_uint<5>(fraction_bits));
}

// (bilinear_sum * mask + 2^(F+7)) >> (F+8), with a mask in 0 to 256: a modulated sample with F fraction bits.
inline ap_int<32> interpolation_sample_masked(ap_int<32> bilinear_sum, ap_int<32> mask, ap_int<32> fraction_bits) {
#pragma HLS inline
    ap_int<32> half = ap_int<32>(1) << ap_uint<5>(fraction_bits + 7);
    return ap_int<32>(bilinear_sum * mask + half) >> ap_uint<5>(fraction_bits + 8);
}

// ==== LayerNorm ====
// Normalization of a row by an exact integer V, the square of its deviation: w = V >> 2k with 2^30 <= w < 2^32, R =
// min(65535, isqrt(2^62 / w)), so R / 2^(31+k) is 1/sqrt(V). Division and root are floors: any algorithm gives the same
// bits.

// k, in [-15, 16], for a total V in [1, 2^63): V >> 2k (a left shift where k is negative) is in [2^30, 2^32).
inline ap_int<32> layer_norm_normalization_shift(ap_uint<64> total) {
#pragma HLS inline
    ap_uint<64> rest = total;
    ap_int<32> zeros = 0;
    if (rest < ap_uint<64>(1) << 32) {
        rest <<= 32;
        zeros += 32;
    }

    if (rest < ap_uint<64>(1) << 48) {
        rest <<= 16;
        zeros += 16;
    }

    if (rest < ap_uint<64>(1) << 56) {
        rest <<= 8;
        zeros += 8;
    }

    if (rest < ap_uint<64>(1) << 60) {
        rest <<= 4;
        zeros += 4;
    }

    if (rest < ap_uint<64>(1) << 62) {
        zeros += 2;
    }

    return 16 - (zeros >> 1);
}

// R = min(65535, isqrt(floor(2^62 / w))) with w = total >> 2k, which is the greatest R of 16 bits with R² · w at most
// 2^62: found digit by digit from what each would add, with no multiplier and no division.
inline ap_uint<32> layer_norm_reciprocal(ap_uint<64> total, ap_int<32> k) {
#pragma HLS inline
    ap_uint<64> normalized = k < 0 ? total << ap_uint<6>(-2 * k) : total >> ap_uint<6>(2 * k);
    ap_uint<64> rest = ap_uint<64>(1) << 62;
    ap_uint<64> product = 0;
    ap_uint<32> root = 0;
    for (int i = 0; i < 16; i++) {
        ap_uint<64> digit = normalized << ap_uint<6>(15 - i);
        ap_uint<64> trial = ap_uint<64>((product << 1) + digit) << ap_uint<6>(15 - i);
        if (rest >= trial) {
            rest -= trial;
            product += digit;
            root += ap_uint<32>(1) << ap_uint<5>(15 - i);
        }
    }

    return root;
}

// clamp(zero + ((centered * gain * reciprocal + bias * 2^(shift-8) + 2^(shift-1)) >> shift), lo, hi), where shift is e
// + G and both terms stay below 2^61.
inline ap_int<32> layer_norm_normalize(
        ap_int<32> centered, ap_int<16> gain, ap_uint<32> reciprocal, ap_int<32> bias, ap_int<32> shift,
        ap_int<32> zero, ap_int<32> lo, ap_int<32> hi) {
#pragma HLS inline
    ap_int<64> scaled = centered * gain * ap_uint<16>(reciprocal);
    ap_int<64> offset = ap_int<64>(bias) << ap_uint<6>(shift - 8);
    ap_int<64> half = ap_int<64>(1) << ap_uint<6>(shift - 1);
    return clamp_wide(zero + (ap_int<64>(scaled + offset + half) >> ap_uint<6>(shift)), lo, hi);
}

// ==== Rounding ====
// Requantization as other runtimes round it. is the default and, with an addend of zero * 2^shift, truncation; here an
// addend holds no zero point, for what is added after rounding must not move a tie.

// clamp(zero + q, lo, hi), where q is scaled >> shift, made even where the shift loses no bit.
inline ap_int<32> rounding_even_tie(
        ap_int<64> scaled, ap_int<32> shift, ap_int<32> zero, ap_int<32> lo, ap_int<32> hi) {
#pragma HLS inline
    ap_int<64> floor = scaled >> ap_uint<6>(shift);
    ap_int<64> lost = scaled & ap_int<64>((ap_int<64>(1) << ap_uint<6>(shift)) - 1);
    ap_int<64> rounded = lost == 0 ? floor & -2LL : floor;
    return clamp_wide(zero + rounded, lo, hi);
}

// clamp(zero + q, lo, hi), where q is floor((acc * multiplier + addend) / 2^shift), made even where the division leaves
// nothing: with an addend of 2^(shift-1) the nearest integer, ties to even. |acc * multiplier| + |addend| is under
// 2^62, shift 1 to 47.
inline ap_int<32> rounding_half_even(
        ap_int<32> acc, ap_int<32> multiplier, ap_int<64> addend, ap_int<32> shift, ap_int<32> zero, ap_int<32> lo,
        ap_int<32> hi) {
#pragma HLS inline
    ap_int<64> scaled = acc * multiplier + addend;
    return rounding_even_tie(scaled, shift, zero, lo, hi);
}

// HalfEven of a 64-bit accumulator.
inline ap_int<32> rounding_half_even_wide(
        ap_int<64> acc, ap_int<32> multiplier, ap_int<64> addend, ap_int<32> shift, ap_int<32> zero, ap_int<32> lo,
        ap_int<32> hi) {
#pragma HLS inline
    ap_int<64> scaled = acc * multiplier + addend;
    return rounding_even_tie(scaled, shift, zero, lo, hi);
}

// HalfEven of two 64-bit accumulators, each at a scale of its own: |a * multiplier_a| + |b * multiplier_b| + |addend|
// is under 2^62.
inline ap_int<32> rounding_joined_half_even(
        ap_int<64> a, ap_int<32> multiplier_a, ap_int<64> b, ap_int<32> multiplier_b, ap_int<64> addend,
        ap_int<32> shift, ap_int<32> zero, ap_int<32> lo, ap_int<32> hi) {
#pragma HLS inline
    ap_int<64> scaled = a * multiplier_a + b * multiplier_b + addend;
    return rounding_even_tie(scaled, shift, zero, lo, hi);
}

// clamp(zero + q, lo, hi), where q is acc * multiplier / 2^shift rounded twice as TensorFlow Lite does it
// (MultiplyByQuantizedMultiplier): a doubling high multiplication rounds to 31 bits less, half up, then a right shift
// by what is left rounds half away from zero. The addend is 2^(min(shift, 31) - 1); the multiplier has 31 bits, shift
// is 1 to 62.
inline ap_int<32> rounding_twice(
        ap_int<32> acc, ap_int<32> multiplier, ap_int<64> addend, ap_int<32> shift, ap_int<32> zero, ap_int<32> lo,
        ap_int<32> hi) {
#pragma HLS inline
    ap_int<32> first = shift < 31 ? shift : ap_int<32>(31);
    ap_int<64> high = ap_int<64>(acc * multiplier + addend) >> ap_uint<6>(first);
    ap_int<32> rest = shift - first;
    ap_int<64> mask = (ap_int<64>(1) << ap_uint<6>(rest)) - 1;
    ap_int<64> threshold = (mask >> 1) + (high < 0 ? ap_int<64>(1) : ap_int<64>(0));
    ap_int<64> rounded = (high >> ap_uint<6>(rest)) + ((high & mask) > threshold ? ap_int<64>(1) : ap_int<64>(0));
    return clamp_wide(zero + rounded, lo, hi);
}

// AddQuantized with ties to even.
inline ap_int<32> rounding_add_half_even(
        ap_int<32> a, ap_int<32> zero_a, ap_int<32> multiplier_a, ap_int<32> b, ap_int<32> zero_b,
        ap_int<32> multiplier_b, ap_int<32> shift, ap_int<32> zero, ap_int<32> lo, ap_int<32> hi) {
#pragma HLS inline
    ap_int<64> sum = ap_int<32>(a - zero_a) * multiplier_a + ap_int<32>(b - zero_b) * multiplier_b;
    return rounding_even_tie(sum + (ap_int<64>(1) << ap_uint<6>(shift - 1)), shift, zero, lo, hi);
}

// AddQuantized without rounding: the floor.
inline ap_int<32> rounding_add_truncated(
        ap_int<32> a, ap_int<32> zero_a, ap_int<32> multiplier_a, ap_int<32> b, ap_int<32> zero_b,
        ap_int<32> multiplier_b, ap_int<32> shift, ap_int<32> zero, ap_int<32> lo, ap_int<32> hi) {
#pragma HLS inline
    ap_int<64> sum = ap_int<32>(a - zero_a) * multiplier_a + ap_int<32>(b - zero_b) * multiplier_b;
    return clamp_wide(zero + (sum >> ap_uint<6>(shift)), lo, hi);
}

// ==== Softmax ====
// Softmax of a row of quantized scores, independent of the order in which they arrive: E = round(32767 exp(-s d)) comes
// from a table of the distance d to the row's maximum, the sum of E is exact, and each weight rounds once.

// The number of leading zeros of a positive sum: sum << k is in [2^31, 2^32).
inline ap_int<32> softmax_normalization_shift(ap_uint<32> sum) {
#pragma HLS inline
    ap_uint<32> rest = sum;
    ap_int<32> k = 0;
    if (rest < ap_uint<32>(1) << 16) {
        rest <<= 16;
        k += 16;
    }

    if (rest < ap_uint<32>(1) << 24) {
        rest <<= 8;
        k += 8;
    }

    if (rest < ap_uint<32>(1) << 28) {
        rest <<= 4;
        k += 4;
    }

    if (rest < ap_uint<32>(1) << 30) {
        rest <<= 2;
        k += 2;
    }

    if (rest < ap_uint<32>(1) << 31) {
        rest <<= 1;
        k += 1;
    }

    return k;
}

// min(16 * 2^18, (distance * multiplier) >> shift): log2 of exp(scale * distance) with 18 fraction bits, for scores of
// 16 bits, whose distance to the maximum has 16. The multiplier has 24 bits.
inline ap_int<32> softmax_exponent_position(ap_int<32> distance, ap_int<32> multiplier, ap_int<32> shift) {
#pragma HLS inline
    ap_int<64> position = (distance * multiplier) >> ap_uint<6>(shift);
    return position < 4194304 ? ap_int<32>(position) : ap_int<32>(4194304);
}

// 32767 * 2^-(position / 2^18), between two entries of round(32767 * 2^3 * 2^(-i/128)): entry i is bits 11 to 17 of the
// position, its fraction bits 0 to 10, the shift what is above; rounded once, half up.
inline ap_int<32> softmax_exponential(ap_int<32> left, ap_int<32> right, ap_int<32> position) {
#pragma HLS inline
    ap_int<32> fraction = position & 2047;
    ap_int<32> value = left * ap_int<32>(2048 - fraction) + right * fraction;
    ap_int<32> whole = position >> 18;
    ap_int<32> half = ap_int<32>(1) << ap_uint<5>(13 + whole);
    return whole > 15 ? ap_int<32>(0) : ap_int<32>(value + half) >> ap_uint<5>(14 + whole);
}

// min(65535, floor(2^47 / (sum << k))), a 16-bit reciprocal in [32768, 65535].
inline ap_uint<32> softmax_reciprocal(ap_uint<32> sum, ap_int<32> k) {
#pragma HLS inline
    ap_uint<32> normalized = sum << ap_uint<5>(k);
    ap_uint<32> quotient = ap_uint<32>(division_quotient(ap_uint<64>(1) << 47, normalized));
    return quotient < 65535U ? quotient : ap_uint<32>(65535);
}

// min(maximum, (exponential * maximum * reciprocal + 2^(46-k)) >> (47-k)). The exponential and the maximum (255, or
// 32767 where a matrix product follows) have 15 bits.
inline ap_int<32> softmax_weight(ap_int<32> exponential, ap_uint<32> reciprocal, ap_int<32> k, ap_int<32> maximum) {
#pragma HLS inline
    ap_int<64> scaled = ap_int<32>(exponential * maximum) * ap_uint<16>(reciprocal);
    ap_int<64> rounded = ap_int<64>(scaled + (ap_int<64>(1) << ap_uint<6>(46 - k))) >> ap_uint<6>(47 - k);
    return rounded < maximum ? ap_int<32>(rounded) : maximum;
}

// Which of 256 parts of [1, 2) the normalized sum is in: the entry of a table of logarithms below it.
inline ap_int<32> softmax_logarithm_index(ap_uint<32> sum, ap_int<32> k) {
#pragma HLS inline
    return ap_int<32>(((sum << ap_uint<5>(k)) >> 23) & 255);
}

// Between the logarithms at both ends of that part, by the sum's next 15 bits.
inline ap_int<32> softmax_logarithm(ap_uint<32> sum, ap_int<32> k, ap_int<32> left, ap_int<32> right) {
#pragma HLS inline
    ap_int<32> fraction = ap_int<32>(((sum << ap_uint<5>(k)) >> 8) & 32767);
    ap_int<64> rise = right - left;
    return left + ap_int<32>(ap_int<64>(rise * fraction + 16384) >> 15);
}

// clamp(zero + ((distance * multiplier - logarithm + 2^(shift-1)) >> shift), lo, hi): the logarithm of a weight, its
// score's distance from the highest (not positive) less the logarithm of the sum. Both terms stay below 2^60.
inline ap_int<32> softmax_log_weight(
        ap_int<32> distance, ap_int<32> multiplier, ap_int<64> logarithm, ap_int<32> shift, ap_int<32> zero,
        ap_int<32> lo, ap_int<32> hi) {
#pragma HLS inline
    ap_int<64> scaled = distance * multiplier - logarithm;
    ap_int<64> half = ap_int<64>(1) << ap_uint<6>(shift - 1);
    return clamp_wide(zero + (ap_int<64>(scaled + half) >> ap_uint<6>(shift)), lo, hi);
}

// clamp(zero + ((acc * reciprocal * multiplier + 2^(46-k+shift)) >> (47-k+shift)), lo, hi): a sum of values weighted by
// exponentials, normalized and requantized with one rounding. The product stays below 2^62 and 47-k+shift below 63.
inline ap_int<32> softmax_requantize_weighted(
        ap_int<64> acc, ap_uint<32> reciprocal, ap_int<32> k, ap_int<32> multiplier, ap_int<32> shift, ap_int<32> zero,
        ap_int<32> lo, ap_int<32> hi) {
#pragma HLS inline
    ap_int<32> down = 47 - k + shift;
    ap_int<64> scaled = ap_int<64>(acc * ap_uint<16>(reciprocal)) * multiplier;
    ap_int<64> half = ap_int<64>(1) << ap_uint<6>(down - 1);
    return clamp_wide(zero + (ap_int<64>(scaled + half) >> ap_uint<6>(down)), lo, hi);
}

}  // namespace edgec

#endif
