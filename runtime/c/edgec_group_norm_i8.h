// Normalizes groups of channels of 8-bit integers by their deviation, in integers only.
#ifndef EDGEC_GROUP_NORM_I8_H
#define EDGEC_GROUP_NORM_I8_H

#include "edgec_arithmetic.h"
#include "edgec_groups.h"
#include "edgec_layer_norm.h"

enum { EDGEC_SQUARES_I8 = 1 << 16 };  // squares of 8-bit integers that 31 bits hold the sum of

// Adds the elements and their squares.
EDGEC_INLINE void edgec_moments_i8(const int8_t *restrict x, int count, int64_t *restrict sum, int64_t *restrict squares) {
    for (int first = 0; first < count; first += EDGEC_SQUARES_I8) {
        int end = count - first < EDGEC_SQUARES_I8 ? count : first + EDGEC_SQUARES_I8;
        int32_t ones = 0, twos = 0;
        for (int i = first; i < end; i++) {
            ones += x[i];
            twos += x[i] * x[i];
        }

        *sum += ones;
        *squares += twos;
    }
}

EDGEC_INLINE void edgec_layer_norm_i8(edgec_groups g, const int8_t *restrict x, edgec_layer_norm n, int8_t *restrict y) {
    int32_t count = g.length * g.channels;
    ptrdiff_t pitch = (ptrdiff_t)g.groups * g.channels;
    for (int row = 0; row < g.outer * g.groups; row++) {
        ptrdiff_t first = edgec_group_offset(g, row);
        const int16_t *restrict gains = n.gains + (ptrdiff_t)(row % g.groups) * g.channels;
        const int32_t *restrict biases = n.biases + (ptrdiff_t)(row % g.groups) * g.channels;
        int64_t sum = 0, squares = 0;
        for (int i = 0; i < g.length; i++)
            edgec_moments_i8(x + first + i * pitch, g.channels, &sum, &squares);

        int64_t zero = n.input_zero;
        int64_t total = n.centered ? count * squares - sum * sum : squares + zero * (zero * count - 2 * sum);
        int32_t factor = n.centered ? count : 1, offset = n.centered ? (int32_t)sum : n.input_zero;
        uint64_t guarded = ((uint64_t)total << n.guard) + (uint64_t)n.epsilon;
        int32_t k = edgec_layer_norm_normalization_shift(guarded), shift = 31 + k + n.fraction - n.guard / 2;
        uint32_t reciprocal = edgec_layer_norm_reciprocal(guarded, k);
        for (int i = 0; i < g.length; i++) {
            const int8_t *restrict source = x + first + i * pitch;
            int8_t *restrict target = y + first + i * pitch;
            for (int c = 0; c < g.channels; c++) {
                target[c] = (int8_t)edgec_layer_norm_normalize(
                    factor * source[c] - offset, gains[c], reciprocal, biases[c], shift, n.zero, n.lo, n.hi);
            }
        }
    }
}

#endif
