// Convolution of 8-bit integers, channels-last, exact until the finish: finish(bias + sum of weight * (x - zero)).
// Positions outside the image count as real 0.
#ifndef EDGEC_WINDOW_I8_H
#define EDGEC_WINDOW_I8_H

#include <string.h>

#include "edgec_panel_i8.h"
#include "edgec_rows_i8.h"
#include "edgec_window.h"

enum {
    EDGEC_TAPS_I8 = 256,      // most taps of a depthwise kernel that keeps its weights on the stack
    EDGEC_DEPTHWISE_I8 = 64,  // channels of a depthwise convolution that are summed together
};

// The elements under one window, centered, in the order of the weights; 0 stands for positions outside.
EDGEC_INLINE void edgec_gather_i8(
        edgec_window g, const int8_t *restrict x, int32_t zero, int pixel, int first, int per_group,
        int16_t *restrict patch) {
    int ox = pixel % g.out_width, line = pixel / g.out_width;
    int oy = edgec_line_row(g, line), n = edgec_line_image(g, line);
    edgec_taps ys = edgec_taps_y(g, oy), xs = edgec_taps_x(g, ox);
    bool inside = ys.end - ys.first == g.kernel_height && xs.end - xs.first == g.kernel_width;
    bool contiguous = g.dilation_x == 1 && g.groups == 1;
    if (inside && contiguous) {
        int run = g.kernel_width * g.channels;
        for (int ky = 0; ky < g.kernel_height; ky++)
            edgec_center_i8(x + edgec_tap_offset(g, n, oy, ox, ky, 0), zero, run, patch + (ptrdiff_t)ky * run);
        return;
    }

    if (!inside)
        memset(patch, 0, (size_t)(g.kernel_height * g.kernel_width * per_group) * sizeof *patch);
    for (int ky = ys.first; ky < ys.end; ky++) {
        for (int kx = xs.first; kx < xs.end; kx++) {
            edgec_center_i8(x + edgec_tap_offset(g, n, oy, ox, ky, kx) + first, zero, per_group,
                patch + (ptrdiff_t)(ky * g.kernel_width + kx) * per_group);
        }
    }
}

// Windows become rows of a matrix, a few at a time. Few weights in rows that are no whole vectors, as first layers have
// them, are widened and filled up.
EDGEC_INLINE void edgec_convolve_patches_i8(
        edgec_window g, const int8_t *restrict x, int32_t zero, const int8_t *restrict w,
        const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    int per_group = g.channels / g.groups, outs = g.out_channels / g.groups;
    int inner = g.kernel_height * g.kernel_width * per_group;
    int pixels = g.batch * g.out_height * g.out_width;
    int padded = edgec_padded_i8(inner);
    bool widen = padded != inner && g.out_channels * padded <= EDGEC_WIDENED_I8;
    int pitch = widen ? padded : inner;
    int most = EDGEC_CENTERED_I8 / pitch < EDGEC_ROWS_I8 ? 4 : EDGEC_ROWS_I8;
    int16_t widened[EDGEC_WIDENED_I8], patches[EDGEC_CENTERED_I8];
    if (widen) {
        edgec_widen_i8(w, g.out_channels, inner, widened);
        memset(patches, 0, (size_t)(most * pitch) * sizeof *patches);
    }

    for (int pixel = 0; pixel < pixels; pixel += most) {
        int count = pixels - pixel < most ? pixels - pixel : most;
        for (int group = 0; group < g.groups; group++) {
            for (int i = 0; i < count; i++) {
                edgec_gather_i8(g, x, zero, pixel + i, group * per_group, per_group,
                    patches + (ptrdiff_t)i * pitch);
            }

            int first = group * outs;
            edgec_rows_i8(patches, count, pitch, w + (ptrdiff_t)first * inner,
                widen ? widened + (ptrdiff_t)first * pitch : NULL, 0, outs, bias ? bias + first : NULL,
                edgec_finish_from(finish, first), y + (ptrdiff_t)pixel * g.out_channels + first, g.out_channels);
        }
    }
}

// Windows of more elements than patches hold: tap by tap, with weights that have many channels.
EDGEC_INLINE void edgec_convolve_taps_i8(
        edgec_window g, const int8_t *restrict x, int32_t zero, const int8_t *restrict w,
        const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    int per_group = g.channels / g.groups, outs = g.out_channels / g.groups;
    int inner = g.kernel_height * g.kernel_width * per_group;
    for (int line = 0; line < g.batch * g.out_height; line++) {
        int n = edgec_line_image(g, line), oy = edgec_line_row(g, line);
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

// Depthwise: the channels [first, first + count), at most EDGEC_DEPTHWISE_I8, side by side.
EDGEC_INLINE void edgec_convolve_lanes_i8(
        edgec_window g, const int8_t *restrict x, int32_t zero, int16_t (*restrict weights)[EDGEC_DEPTHWISE_I8],
        const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y, int first, int count) {
    for (int line = 0; line < g.batch * g.out_height; line++) {
        int n = edgec_line_image(g, line), oy = edgec_line_row(g, line);
        edgec_taps ys = edgec_taps_y(g, oy);
        for (int ox = 0; ox < g.out_width; ox++) {
            edgec_taps xs = edgec_taps_x(g, ox);
            int32_t sums[EDGEC_DEPTHWISE_I8] = {0};
            for (int ky = ys.first; ky < ys.end; ky++) {
                for (int kx = xs.first; kx < xs.end; kx++) {
                    const int8_t *restrict pixel = x + edgec_tap_offset(g, n, oy, ox, ky, kx) + first;
                    const int16_t *restrict tap = weights[ky * g.kernel_width + kx];
                    EDGEC_KEEP_LOOP
                    for (int c = 0; c < count; c++)
                        sums[c] += (int16_t)(pixel[c] - zero) * tap[c];
                }
            }

            int8_t *restrict target = y + edgec_pixel_offset(g, n, oy, ox) + first;
            edgec_finish_row(finish, sums, bias, first, count, target);
        }
    }
}

EDGEC_INLINE void edgec_convolve_depthwise_i8(
        edgec_window g, const int8_t *restrict x, int32_t zero, const int8_t *restrict w,
        const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    int taps = g.kernel_height * g.kernel_width;
    int count = g.channels < EDGEC_DEPTHWISE_I8 ? g.channels : EDGEC_DEPTHWISE_I8;
    int16_t weights[EDGEC_TAPS_I8][EDGEC_DEPTHWISE_I8];
    for (int first = 0; first < g.channels; first += count) {
        // The last block begins early enough to be whole: some channels are computed twice.
        int from = first < g.channels - count ? first : g.channels - count;
        for (int tap = 0; tap < taps; tap++) {
            for (int c = 0; c < count; c++)
                weights[tap][c] = w[(ptrdiff_t)(from + c) * taps + tap];
        }

        edgec_convolve_lanes_i8(g, x, zero, weights, bias, finish, y, from, count);
    }
}

// The geometry is constant where this is inlined, so one branch remains. The bias may be null.
EDGEC_INLINE void edgec_convolve_i8(
        edgec_window g, const int8_t *restrict x, int32_t zero, const int8_t *restrict w,
        const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    int taps = g.kernel_height * g.kernel_width;
    if (g.groups == g.channels && g.groups == g.out_channels && taps <= EDGEC_TAPS_I8)
        edgec_convolve_depthwise_i8(g, x, zero, w, bias, finish, y);
    else if (taps * (g.channels / g.groups) <= EDGEC_INNER_I8)
        edgec_convolve_patches_i8(g, x, zero, w, bias, finish, y);
    else
        edgec_convolve_taps_i8(g, x, zero, w, bias, finish, y);
}

// The windows of `count` pixels from `first` on, side by side in rows of an even length.
EDGEC_INLINE void edgec_gather_rows_i8(
        edgec_window g, const int8_t *restrict x, int32_t zero, int first, int count, int16_t *restrict patches) {
    int inner = g.kernel_height * g.kernel_width * g.channels, pitch = inner + inner % 2;
    for (int i = 0; i < count; i++) {
        int16_t *patch = patches + (ptrdiff_t)i * pitch;
        edgec_gather_i8(g, x, zero, first + i, 0, g.channels, patch);
        if (pitch != inner) patch[inner] = 0;
    }
}

// The convolution with weights in panels, see edgec_panel_i8.h: one group, and windows of at most EDGEC_PANEL_INNER_I8 elements.
EDGEC_INLINE void edgec_convolve_panels_i8(
        edgec_window g, const int8_t *restrict x, int32_t zero, const int8_t *restrict panels,
        const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    int inner = g.kernel_height * g.kernel_width * g.channels, pairs = (inner + 1) / 2;
    int pixels = g.batch * g.out_height * g.out_width, most = edgec_panel_block_i8(2 * pairs);
    int16_t patches[EDGEC_PANEL_CENTERED_I8];
    for (int pixel = 0; pixel < pixels; pixel += most) {
        int count = pixels - pixel < most ? pixels - pixel : most;
        edgec_gather_rows_i8(g, x, zero, pixel, count, patches);
        edgec_rows_by_panels_i8(
            patches, count, pairs, panels, g.out_channels, bias, finish, y + (ptrdiff_t)pixel * g.out_channels);
    }
}

#endif
