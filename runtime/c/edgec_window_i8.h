// Convolution of 8-bit integers, channels-last, exact until the finish: finish(bias + sum of weight * (x - zero)).
// Positions outside the image count as real 0.
#ifndef EDGEC_WINDOW_I8_H
#define EDGEC_WINDOW_I8_H

#include <string.h>

#include "edgec_rows_i8.h"
#include "edgec_window.h"

enum {
    EDGEC_PATCHES_I8 = 32768,   // elements of the patches that are gathered at a time
    EDGEC_TAPS_I8 = 256,        // most taps of a depthwise kernel that keeps its weights on the stack
    EDGEC_LANES_I8 = 16,        // channels of a depthwise convolution that are summed together
};

// The elements under one window, in the order of the weights; the zero point stands for positions outside.
EDGEC_INLINE void edgec_gather_i8(
        edgec_window g, const int8_t *restrict x, int8_t zero, int n, int oy, int ox, int first, int per_group,
        int8_t *restrict patch) {
    edgec_taps ys = edgec_taps_y(g, oy), xs = edgec_taps_x(g, ox);
    bool inside = ys.end - ys.first == g.kernel_height && xs.end - xs.first == g.kernel_width;
    bool contiguous = g.dilation_x == 1 && g.groups == 1;
    if (inside && contiguous) {
        size_t run = (size_t)(g.kernel_width * g.channels);
        for (int ky = 0; ky < g.kernel_height; ky++)
            memcpy(patch + (size_t)ky * run, x + edgec_tap_offset(g, n, oy, ox, ky, 0), run);
        return;
    }

    if (!inside)
        memset(patch, zero, (size_t)(g.kernel_height * g.kernel_width * per_group));
    for (int ky = ys.first; ky < ys.end; ky++) {
        for (int kx = xs.first; kx < xs.end; kx++) {
            memcpy(patch + (ptrdiff_t)(ky * g.kernel_width + kx) * per_group,
                x + edgec_tap_offset(g, n, oy, ox, ky, kx) + first, (size_t)per_group);
        }
    }
}

// Windows become rows of a matrix, a few at a time.
EDGEC_INLINE void edgec_convolve_patches_i8(
        edgec_window g, const int8_t *restrict x, int32_t zero, const int8_t *restrict w,
        const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    int per_group = g.channels / g.groups, outs = g.out_channels / g.groups;
    int inner = g.kernel_height * g.kernel_width * per_group;
    int most = EDGEC_PATCHES_I8 / inner < EDGEC_ROWS_I8 ? EDGEC_PATCHES_I8 / inner : EDGEC_ROWS_I8;
    int8_t patches[EDGEC_PATCHES_I8];
    for (int line = 0; line < g.batch * g.out_height; line++) {
        int n = line / g.out_height, oy = line % g.out_height;
        for (int ox = 0; ox < g.out_width; ox += most) {
            int count = g.out_width - ox < most ? g.out_width - ox : most;
            for (int group = 0; group < g.groups; group++) {
                for (int i = 0; i < count; i++) {
                    edgec_gather_i8(g, x, (int8_t)zero, n, oy, ox + i, group * per_group, per_group,
                        patches + (ptrdiff_t)i * inner);
                }

                int first = group * outs;
                edgec_rows_i8(patches, zero, count, inner, w + (ptrdiff_t)first * inner, 0, outs,
                    bias ? bias + first : NULL, edgec_finish_from(finish, first),
                    y + edgec_pixel_offset(g, n, oy, ox) + first, g.out_channels);
            }
        }
    }
}

// Windows of more elements than the patches hold: tap by tap, with weights that have many channels.
EDGEC_INLINE void edgec_convolve_taps_i8(
        edgec_window g, const int8_t *restrict x, int32_t zero, const int8_t *restrict w,
        const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    int per_group = g.channels / g.groups, outs = g.out_channels / g.groups;
    int inner = g.kernel_height * g.kernel_width * per_group;
    for (int line = 0; line < g.batch * g.out_height; line++) {
        int n = line / g.out_height, oy = line % g.out_height;
        edgec_taps ys = edgec_taps_y(g, oy);
        for (int ox = 0; ox < g.out_width; ox++) {
            edgec_taps xs = edgec_taps_x(g, ox);
            for (int c = 0; c < g.out_channels; c++) {
                int32_t sum = bias ? bias[c] : 0;
                for (int ky = ys.first; ky < ys.end; ky++) {
                    for (int kx = xs.first; kx < xs.end; kx++) {
                        sum += edgec_dot_i8(x + edgec_tap_offset(g, n, oy, ox, ky, kx) + c / outs * per_group, zero,
                            w + (ptrdiff_t)c * inner + (ptrdiff_t)(ky * g.kernel_width + kx) * per_group, per_group);
                    }
                }

                y[edgec_pixel_offset(g, n, oy, ox) + c] = edgec_finish(finish, sum, c);
            }
        }
    }
}

// Depthwise: the channels [first, first + count), count at most EDGEC_LANES_I8, side by side.
EDGEC_INLINE void edgec_convolve_lanes_i8(
        edgec_window g, const int8_t *restrict x, int32_t zero, const int8_t *restrict w,
        const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y, int first, int count) {
    int taps = g.kernel_height * g.kernel_width;
    int16_t weights[EDGEC_TAPS_I8][EDGEC_LANES_I8];
    for (int tap = 0; tap < taps; tap++) {
        for (int c = 0; c < count; c++)
            weights[tap][c] = w[(ptrdiff_t)(first + c) * taps + tap];
    }

    for (int line = 0; line < g.batch * g.out_height; line++) {
        int n = line / g.out_height, oy = line % g.out_height;
        edgec_taps ys = edgec_taps_y(g, oy);
        for (int ox = 0; ox < g.out_width; ox++) {
            edgec_taps xs = edgec_taps_x(g, ox);
            int32_t sums[EDGEC_LANES_I8] = {0};
            for (int ky = ys.first; ky < ys.end; ky++) {
                for (int kx = xs.first; kx < xs.end; kx++) {
                    const int8_t *restrict pixel = x + edgec_tap_offset(g, n, oy, ox, ky, kx) + first;
                    const int16_t *restrict tap = weights[ky * g.kernel_width + kx];
                    for (int c = 0; c < count; c++)
                        sums[c] += (int16_t)(pixel[c] - zero) * tap[c];
                }
            }

            int8_t *restrict target = y + edgec_pixel_offset(g, n, oy, ox) + first;
            for (int c = 0; c < count; c++)
                target[c] = edgec_finish(finish, sums[c] + (bias ? bias[first + c] : 0), first + c);
        }
    }
}

EDGEC_INLINE void edgec_convolve_depthwise_i8(
        edgec_window g, const int8_t *restrict x, int32_t zero, const int8_t *restrict w,
        const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    int rest = g.channels % EDGEC_LANES_I8;
    for (int first = 0; first < g.channels - rest; first += EDGEC_LANES_I8)
        edgec_convolve_lanes_i8(g, x, zero, w, bias, finish, y, first, EDGEC_LANES_I8);
    if (rest > 0)
        edgec_convolve_lanes_i8(g, x, zero, w, bias, finish, y, g.channels - rest, rest);
}

// The geometry is constant where this is inlined, so one branch remains. The bias may be null.
EDGEC_INLINE void edgec_convolve_i8(
        edgec_window g, const int8_t *restrict x, int32_t zero, const int8_t *restrict w,
        const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    int taps = g.kernel_height * g.kernel_width;
    if (g.groups == g.channels && g.groups == g.out_channels && taps <= EDGEC_TAPS_I8)
        edgec_convolve_depthwise_i8(g, x, zero, w, bias, finish, y);
    else if (taps * (g.channels / g.groups) <= EDGEC_PATCHES_I8)
        edgec_convolve_patches_i8(g, x, zero, w, bias, finish, y);
    else
        edgec_convolve_taps_i8(g, x, zero, w, bias, finish, y);
}

#endif
