// Pooling in single precision, channels-last, over the positions of each window that lie inside the image.
#ifndef EDGEC_POOL_F32_H
#define EDGEC_POOL_F32_H

#include "edgec_float.h"
#include "edgec_window.h"

// The maximum, clamped; lo if there is nothing under the window.
EDGEC_INLINE void edgec_pool_maximum_f32(
        edgec_window g, const float *restrict x, float lo, float hi, float *restrict y) {
    for (int line = 0; line < g.batch * g.out_height; line++) {
        int n = edgec_line_image(g, line), oy = edgec_line_row(g, line);
        edgec_taps ys = edgec_taps_y(g, oy);
        for (int ox = 0; ox < g.out_width; ox++) {
            edgec_taps xs = edgec_taps_x(g, ox);
            float *restrict target = y + edgec_pixel_offset(g, n, oy, ox);
            for (int c = 0; c < g.channels; c++)
                target[c] = lo;
            for (int ky = ys.first; ky < ys.end; ky++) {
                for (int kx = xs.first; kx < xs.end; kx++) {
                    const float *restrict pixel = x + edgec_tap_offset(g, n, oy, ox, ky, kx);
                    for (int c = 0; c < g.channels; c++)
                        target[c] = edgec_maximum_f32(target[c], pixel[c]);
                }
            }

            for (int c = 0; c < g.channels; c++)
                target[c] = edgec_minimum_f32(target[c], hi);
        }
    }
}

// The mean, clamped; of all positions if count_padding. Where there is nothing under the window, it is 0.
EDGEC_INLINE void edgec_pool_average_f32(
        edgec_window g, const float *restrict x, bool count_padding, float lo, float hi, float *restrict y) {
    for (int line = 0; line < g.batch * g.out_height; line++) {
        int n = edgec_line_image(g, line), oy = edgec_line_row(g, line);
        edgec_taps ys = edgec_taps_y(g, oy);
        for (int ox = 0; ox < g.out_width; ox++) {
            edgec_taps xs = edgec_taps_x(g, ox);
            int inside = (ys.end - ys.first) * (xs.end - xs.first);
            int positions = count_padding ? g.kernel_height * g.kernel_width : inside;
            float divisor = positions > 0 ? (float)positions : 1.0f;
            float *restrict target = y + edgec_pixel_offset(g, n, oy, ox);
            for (int c = 0; c < g.channels; c++)
                target[c] = 0.0f;
            for (int ky = ys.first; ky < ys.end; ky++) {
                for (int kx = xs.first; kx < xs.end; kx++) {
                    const float *restrict pixel = x + edgec_tap_offset(g, n, oy, ox, ky, kx);
                    for (int c = 0; c < g.channels; c++)
                        target[c] += pixel[c];
                }
            }

            for (int c = 0; c < g.channels; c++)
                target[c] = edgec_clamp_f32(target[c] / divisor, lo, hi);
        }
    }
}

#endif
