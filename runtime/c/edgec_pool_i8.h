// Pooling of 8-bit integers, channels-last, over the positions of each window that lie inside the image.
#ifndef EDGEC_POOL_I8_H
#define EDGEC_POOL_I8_H

#include <string.h>

#include "edgec_finish.h"
#include "edgec_window.h"

// The maximum, clamped; lo if there is nothing under the window.
EDGEC_INLINE void edgec_pool_maximum_i8(
        edgec_window g, const int8_t *restrict x, int32_t lo, int32_t hi, int8_t *restrict y) {
    for (int line = 0; line < g.batch * g.out_height; line++) {
        int n = edgec_line_image(g, line), oy = edgec_line_row(g, line);
        edgec_taps ys = edgec_taps_y(g, oy);
        for (int ox = 0; ox < g.out_width; ox++) {
            edgec_taps xs = edgec_taps_x(g, ox);
            int8_t *restrict target = y + edgec_pixel_offset(g, n, oy, ox);
            memset(target, lo, (size_t)g.channels);
            for (int ky = ys.first; ky < ys.end; ky++) {
                for (int kx = xs.first; kx < xs.end; kx++) {
                    const int8_t *restrict pixel = x + edgec_tap_offset(g, n, oy, ox, ky, kx);
                    for (int c = 0; c < g.channels; c++)
                        target[c] = (int8_t)edgec_maximum(target[c], pixel[c]);
                }
            }

            for (int c = 0; c < g.channels; c++)
                target[c] = (int8_t)edgec_minimum(target[c], hi);
        }
    }
}

// finish(sum of x - zero) at index "number of positions", which divides; of all positions if count_padding.
EDGEC_INLINE void edgec_pool_average_i8(
        edgec_window g, const int8_t *restrict x, int32_t zero, bool count_padding, edgec_requantizer finish,
        int8_t *restrict y) {
    enum { BLOCK = 64 };
    for (int line = 0; line < g.batch * g.out_height; line++) {
        int n = edgec_line_image(g, line), oy = edgec_line_row(g, line);
        edgec_taps ys = edgec_taps_y(g, oy);
        for (int ox = 0; ox < g.out_width; ox++) {
            edgec_taps xs = edgec_taps_x(g, ox);
            int inside = (ys.end - ys.first) * (xs.end - xs.first);
            int positions = count_padding ? g.kernel_height * g.kernel_width : inside;
            for (int first = 0; first < g.channels; first += BLOCK) {
                int count = g.channels - first < BLOCK ? g.channels - first : BLOCK;
                int32_t sums[BLOCK] = {0};
                for (int ky = ys.first; ky < ys.end; ky++) {
                    for (int kx = xs.first; kx < xs.end; kx++) {
                        const int8_t *restrict pixel = x + edgec_tap_offset(g, n, oy, ox, ky, kx) + first;
                        for (int c = 0; c < count; c++)
                            sums[c] += pixel[c] - zero;
                    }
                }

                int8_t *restrict target = y + edgec_pixel_offset(g, n, oy, ox) + first;
                for (int c = 0; c < count; c++)
                    target[c] = edgec_finish(finish, sums[c], positions);
            }
        }
    }
}

#endif
