// Kernels of 16-bit activations, whose zero point is 0: sums, exact until the finish, and maxima.
#ifndef EDGEC_I16_H
#define EDGEC_I16_H

#include <stddef.h>

#include "edgec_axis.h"
#include "edgec_finish.h"
#include "edgec_matmul.h"
#include "edgec_rows_i4.h"
#include "edgec_window.h"

// How the other factor of a product is stored: weights of 4 bits, two to a byte; weights of 8; activations of 16.
typedef enum edgec_factor {
    EDGEC_I4,
    EDGEC_I8,
    EDGEC_I16,
} edgec_factor;

enum {
    EDGEC_BLOCK_I16 = 64,  // sums that stand side by side
    EDGEC_TAPS_I16 = 256,  // most taps of a depthwise kernel that keeps its weights on the stack
};

EDGEC_INLINE int32_t edgec_factor_at(edgec_factor factor, const void *w, ptrdiff_t index) {
    switch (factor) {
        case EDGEC_I4:
            return edgec_half_i4((const uint8_t *)w, index);
        case EDGEC_I8:
            return ((const int8_t *)w)[index];
        case EDGEC_I16:
        default:
            return ((const int16_t *)w)[index];
    }
}

EDGEC_INLINE int16_t edgec_finish_i16(edgec_requantizer f, int64_t acc, int index) {
    int i = index * f.step;
    if (f.profile == EDGEC_HALF_EVEN)
        return (int16_t)edgec_rounding_half_even_wide(acc, f.multipliers[i], f.addends[i], f.shifts[i], f.zero, f.lo, f.hi);
    return (int16_t)edgec_requantize_wide(acc, f.multipliers[i], f.addends[i], f.shifts[i], f.lo, f.hi);
}

// The kernels that sum, once with sums of 32 bits and once with sums of 64: the plan has proven which suffices.
#define EDGEC_SUM int32_t
#define EDGEC_SUMMING(name) name##_sum32
#include "edgec_i16_sums.h"
#undef EDGEC_SUM
#undef EDGEC_SUMMING

#define EDGEC_SUM int64_t
#define EDGEC_SUMMING(name) name##_sum64
#include "edgec_i16_sums.h"
#undef EDGEC_SUM
#undef EDGEC_SUMMING

// The maximum of each window, clamped; lo if there is nothing under it.
EDGEC_INLINE void edgec_pool_maximum_i16(
        edgec_window g, const int16_t *restrict x, int32_t lo, int32_t hi, int16_t *restrict y) {
    for (int line = 0; line < g.batch * g.out_height; line++) {
        int n = edgec_line_image(g, line), oy = edgec_line_row(g, line);
        edgec_taps ys = edgec_taps_y(g, oy);
        for (int ox = 0; ox < g.out_width; ox++) {
            edgec_taps xs = edgec_taps_x(g, ox);
            int16_t *restrict target = y + edgec_pixel_offset(g, n, oy, ox);
            for (int c = 0; c < g.channels; c++)
                target[c] = (int16_t)lo;
            for (int ky = ys.first; ky < ys.end; ky++) {
                for (int kx = xs.first; kx < xs.end; kx++) {
                    const int16_t *restrict pixel = x + edgec_tap_offset(g, n, oy, ox, ky, kx);
                    for (int c = 0; c < g.channels; c++)
                        target[c] = (int16_t)edgec_maximum(target[c], pixel[c]);
                }
            }

            for (int c = 0; c < g.channels; c++)
                target[c] = (int16_t)edgec_minimum(target[c], hi);
        }
    }
}

// The maximum along the middle axis, clamped.
EDGEC_INLINE void edgec_reduce_maximum_i16(
        edgec_axis g, const int16_t *restrict x, int32_t lo, int32_t hi, int16_t *restrict y) {
    for (int at = 0; at < g.outer * g.inner; at++) {
        const int16_t *restrict row = x + (ptrdiff_t)(at / g.inner) * g.length * g.inner + at % g.inner;
        int32_t best = lo;
        for (int i = 0; i < g.length; i++)
            best = edgec_maximum(best, row[(ptrdiff_t)i * g.inner]);
        y[at] = (int16_t)edgec_minimum(best, hi);
    }
}

// The minimum along the middle axis, clamped.
EDGEC_INLINE void edgec_reduce_minimum_i16(
        edgec_axis g, const int16_t *restrict x, int32_t lo, int32_t hi, int16_t *restrict y) {
    for (int at = 0; at < g.outer * g.inner; at++) {
        const int16_t *restrict row = x + (ptrdiff_t)(at / g.inner) * g.length * g.inner + at % g.inner;
        int32_t best = hi;
        for (int i = 0; i < g.length; i++)
            best = edgec_minimum(best, row[(ptrdiff_t)i * g.inner]);
        y[at] = (int16_t)edgec_maximum(best, lo);
    }
}

#endif
