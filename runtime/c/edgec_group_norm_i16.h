// Normalizes groups of channels of 16-bit integers, whose zero point is 0, by their deviation, in integers only.
#ifndef EDGEC_GROUP_NORM_I16_H
#define EDGEC_GROUP_NORM_I16_H

#include "edgec_arithmetic.h"
#include "edgec_groups.h"
#include "edgec_layer_norm.h"

EDGEC_INLINE void edgec_layer_norm_i16(edgec_groups g, const int16_t *restrict x, edgec_layer_norm n, int16_t *restrict y) {
    int32_t count = g.length * g.channels;
    ptrdiff_t pitch = (ptrdiff_t)g.groups * g.channels;
    for (int row = 0; row < g.outer * g.groups; row++) {
        ptrdiff_t first = edgec_group_offset(g, row);
        const int16_t *restrict gains = n.gains + (ptrdiff_t)(row % g.groups) * g.channels;
        const int32_t *restrict biases = n.biases + (ptrdiff_t)(row % g.groups) * g.channels;
        int64_t sum = 0, squares = 0;
        for (int i = 0; i < g.length; i++) {
            const int16_t *restrict source = x + first + i * pitch;
            for (int c = 0; c < g.channels; c++) {
                sum += source[c];
                squares += (int64_t)source[c] * source[c];
            }
        }

        int64_t total = n.centered ? count * squares - sum * sum : squares;
        int32_t factor = n.centered ? count : 1, offset = n.centered ? (int32_t)sum : 0;
        uint64_t guarded = ((uint64_t)total << n.guard) + (uint64_t)n.epsilon;
        int32_t k = edgec_layer_norm_normalization_shift(guarded), shift = 31 + k + n.fraction - n.guard / 2;
        uint32_t reciprocal = edgec_layer_norm_reciprocal(guarded, k);
        for (int i = 0; i < g.length; i++) {
            const int16_t *restrict source = x + first + i * pitch;
            int16_t *restrict target = y + first + i * pitch;
            for (int c = 0; c < g.channels; c++) {
                target[c] = (int16_t)edgec_layer_norm_normalize(
                    factor * source[c] - offset, gains[c], reciprocal, biases[c], shift, n.zero, n.lo, n.hi);
            }
        }
    }
}

#endif
