// Functions of one 16-bit integer by linear interpolation, and softmax of 16-bit scores and its logarithm.
#ifndef EDGEC_MAP_I16_H
#define EDGEC_MAP_I16_H

#include <stddef.h>
#include <stdint.h>

#include "edgec_arithmetic.h"
#include "edgec_axis.h"
#include "edgec_platform.h"

// The function whose values at -32768, -32768 + 2^step_bits, ... are the entries.
EDGEC_INLINE int16_t edgec_curve_i16(int32_t x, const int32_t *entries, int step_bits, int32_t lo, int32_t hi) {
    int32_t position = x + 32768, at = position >> step_bits;
    int32_t fraction = position & ((1 << step_bits) - 1);
    return (int16_t)edgec_interpolation_curve(entries[at], entries[at + 1], fraction, step_bits, lo, hi);
}

// The function whose difference to ReLU at 0, 2^step_bits, ... are the entries; behind entry `last` it is that of the
// last two.
EDGEC_INLINE int16_t edgec_relu_delta_i16(
        int32_t x, const int32_t *entries, int last, int step_bits, int32_t multiplier, int32_t shift, int32_t lo,
        int32_t hi) {
    int32_t magnitude = x < 0 ? -x : x;
    int32_t at = edgec_minimum(magnitude >> step_bits, last);
    int32_t fraction = magnitude & ((1 << step_bits) - 1);
    return (int16_t)edgec_interpolation_relu_delta(
        x, entries[at], entries[at + 1], fraction, step_bits, multiplier, shift, lo, hi);
}

// round(32767 exp(-scale * distance)), between powers of two.
EDGEC_INLINE int32_t edgec_exponential_i16(
        int32_t distance, const int32_t *restrict powers, int32_t multiplier, int32_t shift) {
    int32_t position = edgec_softmax_exponent_position(distance, multiplier, shift);
    int32_t at = position >> 11 & 127;
    return edgec_softmax_exponential(powers[at], powers[at + 1], position);
}

// Softmax along the middle axis; `maximum` stands for probability 1.
EDGEC_INLINE void edgec_softmax_i16(
        edgec_axis g, const int16_t *restrict x, const int32_t *restrict powers, int32_t multiplier, int32_t shift,
        int32_t maximum, int16_t *restrict y) {
    if (g.length == 0)
        return;
    for (int row = 0; row < g.outer * g.inner; row++) {
        ptrdiff_t first = (ptrdiff_t)(row / g.inner) * g.length * g.inner + row % g.inner;
        int32_t highest = INT16_MIN;
        for (int i = 0; i < g.length; i++)
            highest = edgec_maximum(highest, x[first + (ptrdiff_t)i * g.inner]);
        uint32_t sum = 0;
        for (int i = 0; i < g.length; i++) {
            int32_t distance = highest - x[first + (ptrdiff_t)i * g.inner];
            sum += (uint32_t)edgec_exponential_i16(distance, powers, multiplier, shift);
        }

        int32_t k = edgec_softmax_normalization_shift(sum);
        uint32_t reciprocal = edgec_softmax_reciprocal(sum, k);
        for (int i = 0; i < g.length; i++) {
            ptrdiff_t at = first + (ptrdiff_t)i * g.inner;
            int32_t exponential = edgec_exponential_i16(highest - x[at], powers, multiplier, shift);
            y[at] = (int16_t)edgec_softmax_weight(exponential, reciprocal, k, maximum);
        }
    }
}

// What the logarithm of a softmax needs. Logarithms have `shift` - `lift` fraction bits of a step of the output, what
// follows them has `shift`.
typedef struct edgec_log_softmax_wide {
    const int32_t *powers;
    int32_t power_multiplier;
    int32_t power_shift;
    const int32_t *logarithms;  // of 1 + i / 256
    int64_t octave;             // of 2
    int64_t unit;               // of what stands for exp 0
    int32_t multiplier;         // a step of the scores
    int32_t lift;
    int32_t shift;
    int32_t lo;
    int32_t hi;
} edgec_log_softmax_wide;

EDGEC_INLINE void edgec_log_softmax_i16(
        edgec_axis g, const int16_t *restrict x, edgec_log_softmax_wide s, int16_t *restrict y) {
    if (g.length == 0)
        return;
    for (int row = 0; row < g.outer * g.inner; row++) {
        ptrdiff_t first = (ptrdiff_t)(row / g.inner) * g.length * g.inner + row % g.inner;
        int32_t highest = INT16_MIN;
        for (int i = 0; i < g.length; i++)
            highest = edgec_maximum(highest, x[first + (ptrdiff_t)i * g.inner]);
        uint32_t sum = 0;
        for (int i = 0; i < g.length; i++) {
            int32_t distance = highest - x[first + (ptrdiff_t)i * g.inner];
            sum += (uint32_t)edgec_exponential_i16(distance, s.powers, s.power_multiplier, s.power_shift);
        }

        int32_t k = edgec_softmax_normalization_shift(sum), index = edgec_softmax_logarithm_index(sum, k);
        int64_t mantissa = edgec_softmax_logarithm(sum, k, s.logarithms[index], s.logarithms[index + 1]);
        int64_t logarithm = mantissa * ((int64_t)1 << s.lift) + (31 - k) * s.octave - s.unit;
        for (int i = 0; i < g.length; i++) {
            ptrdiff_t at = first + (ptrdiff_t)i * g.inner;
            y[at] = (int16_t)edgec_softmax_log_weight(
                x[at] - highest, s.multiplier, logarithm, s.shift, 0, s.lo, s.hi);
        }
    }
}

#endif
