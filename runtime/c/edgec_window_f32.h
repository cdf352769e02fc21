// Convolution in single precision, channels-last: clamp(bias + sum of weight * x). Positions outside the image count
// as 0.
#ifndef EDGEC_WINDOW_F32_H
#define EDGEC_WINDOW_F32_H

#include <string.h>

#include "edgec_panel_f32.h"
#include "edgec_rows_f32.h"
#include "edgec_window.h"

enum {
    EDGEC_PATCHES_F32 = 8192,  // elements of the patches that are gathered at a time
    EDGEC_TAPS_F32 = 256,      // most taps of a depthwise kernel that keeps its weights on the stack
    EDGEC_DEPTHWISE_F32 = 32,  // channels of a depthwise convolution that are summed together
};

// The elements under one window, in the order of the weights; 0 stands for positions outside.
EDGEC_INLINE void edgec_gather_f32(
        edgec_window g, const float *restrict x, int pixel, int first, int per_group, float *restrict patch) {
    int ox = pixel % g.out_width, line = pixel / g.out_width;
    int oy = edgec_line_row(g, line), n = edgec_line_image(g, line);
    edgec_taps ys = edgec_taps_y(g, oy), xs = edgec_taps_x(g, ox);
    bool inside = ys.end - ys.first == g.kernel_height && xs.end - xs.first == g.kernel_width;
    bool contiguous = g.dilation_x == 1 && g.groups == 1;
    if (inside && contiguous) {
        size_t run = (size_t)(g.kernel_width * g.channels);
        for (int ky = 0; ky < g.kernel_height; ky++)
            memcpy(patch + (size_t)ky * run, x + edgec_tap_offset(g, n, oy, ox, ky, 0), run * sizeof *patch);
        return;
    }

    if (!inside) {
        for (int i = 0; i < g.kernel_height * g.kernel_width * per_group; i++)
            patch[i] = 0.0f;
    }

    for (int ky = ys.first; ky < ys.end; ky++) {
        for (int kx = xs.first; kx < xs.end; kx++) {
            memcpy(patch + (ptrdiff_t)(ky * g.kernel_width + kx) * per_group,
                x + edgec_tap_offset(g, n, oy, ox, ky, kx) + first, (size_t)per_group * sizeof *patch);
        }
    }
}

// Small windows become rows of a matrix, which meet a panel of output channels after the other.
EDGEC_INLINE void edgec_convolve_panels_f32(
        edgec_window g, const float *restrict x, const float *restrict w, const float *restrict bias, float lo,
        float hi, float *restrict y) {
    int per_group = g.channels / g.groups, outs = g.out_channels / g.groups;
    int inner = g.kernel_height * g.kernel_width * per_group;
    int pixels = g.batch * g.out_height * g.out_width;
    float panel[EDGEC_PANEL_INNER_F32 * EDGEC_PANEL_COLUMNS_F32];
    float patches[EDGEC_PANEL_ROWS_F32 * EDGEC_PANEL_INNER_F32];
    for (int first = 0, count; first < g.out_channels; first += count) {
        int group = first / outs, left = outs - first % outs;
        count = left < EDGEC_PANEL_COLUMNS_F32 ? left : EDGEC_PANEL_COLUMNS_F32;
        edgec_panel_f32(w + (ptrdiff_t)first * inner, inner, inner, count, panel);
        for (int pixel = 0; pixel < pixels; pixel += EDGEC_PANEL_ROWS_F32) {
            int rows = pixels - pixel < EDGEC_PANEL_ROWS_F32 ? pixels - pixel : EDGEC_PANEL_ROWS_F32;
            for (int i = 0; i < rows; i++)
                edgec_gather_f32(g, x, pixel + i, group * per_group, per_group, patches + (ptrdiff_t)i * inner);
            edgec_rows_by_panel_f32(patches, inner, rows, inner, true, true, panel, count, bias ? bias + first : NULL, lo, hi,
                y + (ptrdiff_t)pixel * g.out_channels + first, g.out_channels);
        }
    }
}

// Windows become rows of a matrix, a few at a time.
EDGEC_INLINE void edgec_convolve_patches_f32(
        edgec_window g, const float *restrict x, const float *restrict w, const float *restrict bias, float lo,
        float hi, float *restrict y) {
    int per_group = g.channels / g.groups, outs = g.out_channels / g.groups;
    int inner = g.kernel_height * g.kernel_width * per_group;
    int pixels = g.batch * g.out_height * g.out_width;
    int most = EDGEC_PATCHES_F32 / inner < EDGEC_ROWS_F32 ? EDGEC_PATCHES_F32 / inner : EDGEC_ROWS_F32;
    float patches[EDGEC_PATCHES_F32];
    for (int pixel = 0; pixel < pixels; pixel += most) {
        int count = pixels - pixel < most ? pixels - pixel : most;
        for (int group = 0; group < g.groups; group++) {
            for (int i = 0; i < count; i++)
                edgec_gather_f32(g, x, pixel + i, group * per_group, per_group, patches + (ptrdiff_t)i * inner);
            int first = group * outs;
            edgec_rows_f32(patches, count, inner, w + (ptrdiff_t)first * inner, outs, bias ? bias + first : NULL, lo,
                hi, y + (ptrdiff_t)pixel * g.out_channels + first, g.out_channels);
        }
    }
}

// Windows of more elements than the patches hold: tap by tap, with weights that have many channels.
EDGEC_INLINE void edgec_convolve_taps_f32(
        edgec_window g, const float *restrict x, const float *restrict w, const float *restrict bias, float lo,
        float hi, float *restrict y) {
    int per_group = g.channels / g.groups, outs = g.out_channels / g.groups;
    int inner = g.kernel_height * g.kernel_width * per_group;
    for (int line = 0; line < g.batch * g.out_height; line++) {
        int n = edgec_line_image(g, line), oy = edgec_line_row(g, line);
        edgec_taps ys = edgec_taps_y(g, oy);
        for (int ox = 0; ox < g.out_width; ox++) {
            edgec_taps xs = edgec_taps_x(g, ox);
            for (int c = 0; c < g.out_channels; c++) {
                float sum = bias ? bias[c] : 0.0f;
                for (int ky = ys.first; ky < ys.end; ky++) {
                    for (int kx = xs.first; kx < xs.end; kx++) {
                        sum += edgec_dot_f32(x + edgec_tap_offset(g, n, oy, ox, ky, kx) + c / outs * per_group,
                            w + (ptrdiff_t)c * inner + (ptrdiff_t)(ky * g.kernel_width + kx) * per_group, per_group);
                    }
                }

                y[edgec_pixel_offset(g, n, oy, ox) + c] = edgec_clamp_f32(sum, lo, hi);
            }
        }
    }
}

// Depthwise: the channels [first, first + count), at most EDGEC_DEPTHWISE_F32, side by side.
EDGEC_INLINE void edgec_convolve_lanes_f32(
        edgec_window g, const float *restrict x, const float *restrict w, const float *restrict bias, float lo,
        float hi, float *restrict y, int first, int count) {
    int taps = g.kernel_height * g.kernel_width;
    float weights[EDGEC_TAPS_F32][EDGEC_DEPTHWISE_F32];
    for (int tap = 0; tap < taps; tap++) {
        for (int c = 0; c < count; c++)
            weights[tap][c] = w[(ptrdiff_t)(first + c) * taps + tap];
    }

    for (int line = 0; line < g.batch * g.out_height; line++) {
        int n = edgec_line_image(g, line), oy = edgec_line_row(g, line);
        edgec_taps ys = edgec_taps_y(g, oy);
        for (int ox = 0; ox < g.out_width; ox++) {
            edgec_taps xs = edgec_taps_x(g, ox);
            float sums[EDGEC_DEPTHWISE_F32] = {0};
            for (int ky = ys.first; ky < ys.end; ky++) {
                for (int kx = xs.first; kx < xs.end; kx++) {
                    const float *restrict pixel = x + edgec_tap_offset(g, n, oy, ox, ky, kx) + first;
                    const float *restrict tap = weights[ky * g.kernel_width + kx];
                    for (int c = 0; c < count; c++)
                        sums[c] += pixel[c] * tap[c];
                }
            }

            float *restrict target = y + edgec_pixel_offset(g, n, oy, ox) + first;
            for (int c = 0; c < count; c++)
                target[c] = edgec_clamp_f32(sums[c] + (bias ? bias[first + c] : 0.0f), lo, hi);
        }
    }
}

EDGEC_INLINE void edgec_convolve_depthwise_f32(
        edgec_window g, const float *restrict x, const float *restrict w, const float *restrict bias, float lo,
        float hi, float *restrict y) {
    int count = g.channels < EDGEC_DEPTHWISE_F32 ? g.channels : EDGEC_DEPTHWISE_F32;
    for (int first = 0; first < g.channels; first += count) {
        // The last block begins early enough to be whole: some channels are computed twice.
        int from = first < g.channels - count ? first : g.channels - count;
        edgec_convolve_lanes_f32(g, x, w, bias, lo, hi, y, from, count);
    }
}

// The geometry is constant where this is inlined, so one branch remains. The bias may be null.
EDGEC_INLINE void edgec_convolve_f32(
        edgec_window g, const float *restrict x, const float *restrict w, const float *restrict bias, float lo,
        float hi, float *restrict y) {
    int taps = g.kernel_height * g.kernel_width;
    if (g.groups == g.channels && g.groups == g.out_channels && taps <= EDGEC_TAPS_F32)
        edgec_convolve_depthwise_f32(g, x, w, bias, lo, hi, y);
    else if (taps * (g.channels / g.groups) <= EDGEC_PANEL_INNER_F32)
        edgec_convolve_panels_f32(g, x, w, bias, lo, hi, y);
    else if (taps * (g.channels / g.groups) <= EDGEC_PATCHES_F32)
        edgec_convolve_patches_f32(g, x, w, bias, lo, hi, y);
    else
        edgec_convolve_taps_f32(g, x, w, bias, lo, hi, y);
}

#endif
