// Softmax of 8-bit scores along the middle axis of [outer, length, inner], and its logarithm, in integers only.
#ifndef EDGEC_ROW_NORM_I8_H
#define EDGEC_ROW_NORM_I8_H

#include <stddef.h>

#include "edgec_arithmetic.h"
#include "edgec_axis.h"
#include "edgec_platform.h"

// y = probability + zero, where `maximum` stands for probability 1. exponentials[d] is that of a score d below the
// row's highest.
EDGEC_INLINE void edgec_softmax_i8(
        edgec_axis g, const int8_t *restrict x, const int16_t *restrict exponentials, int32_t maximum, int32_t zero,
        int8_t *restrict y) {
    if (g.length == 0)
        return;
    for (int row = 0; row < g.outer * g.inner; row++) {
        ptrdiff_t first = (ptrdiff_t)(row / g.inner) * g.length * g.inner + row % g.inner;
        int32_t highest = INT8_MIN;
        for (int i = 0; i < g.length; i++)
            highest = edgec_maximum(highest, x[first + (ptrdiff_t)i * g.inner]);
        uint32_t sum = 0;
        for (int i = 0; i < g.length; i++) {
            int32_t exponential = exponentials[highest - x[first + (ptrdiff_t)i * g.inner]];
            sum += (uint32_t)exponential;
        }

        int32_t k = edgec_softmax_normalization_shift(sum);
        uint32_t reciprocal = edgec_softmax_reciprocal(sum, k);
        for (int i = 0; i < g.length; i++) {
            ptrdiff_t at = first + (ptrdiff_t)i * g.inner;
            y[at] = (int8_t)(edgec_softmax_weight(exponentials[highest - x[at]], reciprocal, k, maximum) + zero);
        }
    }
}

// What the logarithm of a softmax needs; all but the exponentials in steps of the output with `shift` fraction bits.
typedef struct edgec_log_softmax {
    const int16_t *exponentials;
    const int32_t *logarithms;  // of 1 + i / 256
    int64_t octave;             // of 2
    int64_t unit;               // of what stands for exp 0
    int32_t multiplier;         // a step of the scores
    int32_t shift;
    int32_t zero;
    int32_t lo;
    int32_t hi;
} edgec_log_softmax;

EDGEC_INLINE void edgec_log_softmax_i8(edgec_axis g, const int8_t *restrict x, edgec_log_softmax s, int8_t *restrict y) {
    if (g.length == 0)
        return;
    for (int row = 0; row < g.outer * g.inner; row++) {
        ptrdiff_t first = (ptrdiff_t)(row / g.inner) * g.length * g.inner + row % g.inner;
        int32_t highest = INT8_MIN;
        for (int i = 0; i < g.length; i++)
            highest = edgec_maximum(highest, x[first + (ptrdiff_t)i * g.inner]);
        uint32_t sum = 0;
        for (int i = 0; i < g.length; i++) {
            int32_t exponential = s.exponentials[highest - x[first + (ptrdiff_t)i * g.inner]];
            sum += (uint32_t)exponential;
        }

        int32_t k = edgec_softmax_normalization_shift(sum), index = edgec_softmax_logarithm_index(sum, k);
        int32_t mantissa = edgec_softmax_logarithm(sum, k, s.logarithms[index], s.logarithms[index + 1]);
        int64_t logarithm = mantissa + (31 - k) * s.octave - s.unit;
        for (int i = 0; i < g.length; i++) {
            ptrdiff_t at = first + (ptrdiff_t)i * g.inner;
            y[at] = (int8_t)edgec_softmax_log_weight(
                x[at] - highest, s.multiplier, logarithm, s.shift, s.zero, s.lo, s.hi);
        }
    }
}

#endif
