// Reduces the middle axis of single-precision numbers [outer, length, inner] to [outer, inner], then clamps.
#ifndef EDGEC_REDUCE_F32_H
#define EDGEC_REDUCE_F32_H

#include "edgec_axis.h"
#include "edgec_rows_f32.h"

// The sum over the axis, divided.
EDGEC_INLINE void edgec_reduce_sum_f32(
        edgec_axis g, const float *restrict x, float divisor, float lo, float hi, float *restrict y) {
    for (int outer = 0; outer < g.outer; outer++) {
        const float *restrict rows = x + (ptrdiff_t)outer * g.length * g.inner;
        float *restrict target = y + (ptrdiff_t)outer * g.inner;
        if (g.inner == 1) {
            target[0] = edgec_total_f32(rows, g.length);
        } else {
            for (int c = 0; c < g.inner; c++)
                target[c] = 0.0f;
            for (int i = 0; i < g.length; i++) {
                for (int c = 0; c < g.inner; c++)
                    target[c] += rows[(ptrdiff_t)i * g.inner + c];
            }
        }

        for (int c = 0; c < g.inner; c++)
            target[c] = edgec_clamp_f32(target[c] / divisor, lo, hi);
    }
}

EDGEC_INLINE void edgec_reduce_maximum_f32(
        edgec_axis g, const float *restrict x, float lo, float hi, float *restrict y) {
    for (int outer = 0; outer < g.outer; outer++) {
        float *restrict target = y + (ptrdiff_t)outer * g.inner;
        for (int c = 0; c < g.inner; c++)
            target[c] = lo;
        for (int i = 0; i < g.length; i++) {
            const float *restrict source = x + ((ptrdiff_t)outer * g.length + i) * g.inner;
            for (int c = 0; c < g.inner; c++)
                target[c] = edgec_maximum_f32(target[c], source[c]);
        }

        for (int c = 0; c < g.inner; c++)
            target[c] = edgec_minimum_f32(target[c], hi);
    }
}

EDGEC_INLINE void edgec_reduce_minimum_f32(
        edgec_axis g, const float *restrict x, float lo, float hi, float *restrict y) {
    for (int outer = 0; outer < g.outer; outer++) {
        float *restrict target = y + (ptrdiff_t)outer * g.inner;
        for (int c = 0; c < g.inner; c++)
            target[c] = hi;
        for (int i = 0; i < g.length; i++) {
            const float *restrict source = x + ((ptrdiff_t)outer * g.length + i) * g.inner;
            for (int c = 0; c < g.inner; c++)
                target[c] = edgec_minimum_f32(target[c], source[c]);
        }

        for (int c = 0; c < g.inner; c++)
            target[c] = edgec_maximum_f32(target[c], lo);
    }
}

#endif
