// Convolution in single precision, channels-last: clamp(bias + sum of weight * x). Positions outside the image count
// as 0.
#ifndef EDGEC_WINDOW_F32_H
#define EDGEC_WINDOW_F32_H

#include <string.h>

#include "edgec_rows_f32.h"
#include "edgec_window.h"

enum {
    EDGEC_PATCHES_F32 = 8192,   // elements of the patches that are gathered at a time
    EDGEC_TAPS_F32 = 256,       // most taps of a depthwise kernel that keeps its weights on the stack
};

// The elements under one window, in the order of the weights; 0 stands for positions outside.
EDGEC_INLINE void edgec_gather_f32(
        edgec_window g, const float *restrict x, int n, int oy, int ox, int first, int per_group,
        float *restrict patch) {
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

// Windows become rows of a matrix, a few at a time.
EDGEC_INLINE void edgec_convolve_patches_f32(
        edgec_window g, const float *restrict x, const float *restrict w, const float *restrict bias, float lo,
        float hi, float *restrict y) {
    int per_group = g.channels / g.groups, outs = g.out_channels / g.groups;
    int inner = g.kernel_height * g.kernel_width * per_group;
    int most = EDGEC_PATCHES_F32 / inner < EDGEC_ROWS_F32 ? EDGEC_PATCHES_F32 / inner : EDGEC_ROWS_F32;
    float patches[EDGEC_PATCHES_F32];
    for (int line = 0; line < g.batch * g.out_height; line++) {
        int n = line / g.out_height, oy = line % g.out_height;
        for (int ox = 0; ox < g.out_width; ox += most) {
            int count = g.out_width - ox < most ? g.out_width - ox : most;
            for (int group = 0; group < g.groups; group++) {
                for (int i = 0; i < count; i++) {
                    edgec_gather_f32(g, x, n, oy, ox + i, group * per_group, per_group,
                        patches + (ptrdiff_t)i * inner);
                }

                int first = group * outs;
                edgec_rows_f32(patches, count, inner, w + (ptrdiff_t)first * inner, outs, bias ? bias + first : NULL,
                    lo, hi, y + edgec_pixel_offset(g, n, oy, ox) + first, g.out_channels);
            }
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
        int n = line / g.out_height, oy = line % g.out_height;
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

// Depthwise: the channels [first, first + count), count at most EDGEC_LANES_F32, side by side.
EDGEC_INLINE void edgec_convolve_lanes_f32(
        edgec_window g, const float *restrict x, const float *restrict w, const float *restrict bias, float lo,
        float hi, float *restrict y, int first, int count) {
    int taps = g.kernel_height * g.kernel_width;
    float weights[EDGEC_TAPS_F32][EDGEC_LANES_F32];
    for (int tap = 0; tap < taps; tap++) {
        for (int c = 0; c < count; c++)
            weights[tap][c] = w[(ptrdiff_t)(first + c) * taps + tap];
    }

    for (int line = 0; line < g.batch * g.out_height; line++) {
        int n = line / g.out_height, oy = line % g.out_height;
        edgec_taps ys = edgec_taps_y(g, oy);
        for (int ox = 0; ox < g.out_width; ox++) {
            edgec_taps xs = edgec_taps_x(g, ox);
            float sums[EDGEC_LANES_F32] = {0};
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
    int rest = g.channels % EDGEC_LANES_F32;
    for (int first = 0; first < g.channels - rest; first += EDGEC_LANES_F32)
        edgec_convolve_lanes_f32(g, x, w, bias, lo, hi, y, first, EDGEC_LANES_F32);
    if (rest > 0)
        edgec_convolve_lanes_f32(g, x, w, bias, lo, hi, y, g.channels - rest, rest);
}

// The geometry is constant where this is inlined, so one branch remains. The bias may be null.
EDGEC_INLINE void edgec_convolve_f32(
        edgec_window g, const float *restrict x, const float *restrict w, const float *restrict bias, float lo,
        float hi, float *restrict y) {
    int taps = g.kernel_height * g.kernel_width;
    if (g.groups == g.channels && g.groups == g.out_channels && taps <= EDGEC_TAPS_F32)
        edgec_convolve_depthwise_f32(g, x, w, bias, lo, hi, y);
    else if (taps * (g.channels / g.groups) <= EDGEC_PATCHES_F32)
        edgec_convolve_patches_f32(g, x, w, bias, lo, hi, y);
    else
        edgec_convolve_taps_f32(g, x, w, bias, lo, hi, y);
}

#endif
