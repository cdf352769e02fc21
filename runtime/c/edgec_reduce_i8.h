// Reduces the middle axis of 8-bit integers [outer, length, inner] to [outer, inner].
#ifndef EDGEC_REDUCE_I8_H
#define EDGEC_REDUCE_I8_H

#include <stddef.h>

#include "edgec_axis.h"
#include "edgec_finish.h"

enum { EDGEC_REDUCE_BLOCK_I8 = 64 };

// finish(sum of x - zero).
EDGEC_INLINE void edgec_reduce_sum_i8(
        edgec_axis g, const int8_t *restrict x, int32_t zero, edgec_requantizer finish, int8_t *restrict y) {
    for (int outer = 0; outer < g.outer; outer++) {
        for (int first = 0; first < g.inner; first += EDGEC_REDUCE_BLOCK_I8) {
            int count = g.inner - first < EDGEC_REDUCE_BLOCK_I8 ? g.inner - first : EDGEC_REDUCE_BLOCK_I8;
            int32_t sums[EDGEC_REDUCE_BLOCK_I8] = {0};
            for (int i = 0; i < g.length; i++) {
                const int8_t *restrict source = x + ((ptrdiff_t)outer * g.length + i) * g.inner + first;
                for (int c = 0; c < count; c++)
                    sums[c] += source[c] - zero;
            }

            for (int c = 0; c < count; c++)
                y[(ptrdiff_t)outer * g.inner + first + c] = edgec_finish(finish, sums[c], 0);
        }
    }
}

// The maximum, clamped.
EDGEC_INLINE void edgec_reduce_maximum_i8(
        edgec_axis g, const int8_t *restrict x, int32_t lo, int32_t hi, int8_t *restrict y) {
    for (int outer = 0; outer < g.outer; outer++) {
        int8_t *restrict target = y + (ptrdiff_t)outer * g.inner;
        for (int c = 0; c < g.inner; c++)
            target[c] = (int8_t)lo;
        for (int i = 0; i < g.length; i++) {
            const int8_t *restrict source = x + ((ptrdiff_t)outer * g.length + i) * g.inner;
            for (int c = 0; c < g.inner; c++)
                target[c] = (int8_t)edgec_maximum(target[c], source[c]);
        }

        for (int c = 0; c < g.inner; c++)
            target[c] = (int8_t)edgec_minimum(target[c], hi);
    }
}

// The minimum, clamped.
EDGEC_INLINE void edgec_reduce_minimum_i8(
        edgec_axis g, const int8_t *restrict x, int32_t lo, int32_t hi, int8_t *restrict y) {
    for (int outer = 0; outer < g.outer; outer++) {
        int8_t *restrict target = y + (ptrdiff_t)outer * g.inner;
        for (int c = 0; c < g.inner; c++)
            target[c] = (int8_t)hi;
        for (int i = 0; i < g.length; i++) {
            const int8_t *restrict source = x + ((ptrdiff_t)outer * g.length + i) * g.inner;
            for (int c = 0; c < g.inner; c++)
                target[c] = (int8_t)edgec_minimum(target[c], source[c]);
        }

        for (int c = 0; c < g.inner; c++)
            target[c] = (int8_t)edgec_maximum(target[c], lo);
    }
}

#endif
