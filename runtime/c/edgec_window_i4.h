// Convolution of 8-bit integers, channels-last, with weights of 4 bits, exact until the finish.
#ifndef EDGEC_WINDOW_I4_H
#define EDGEC_WINDOW_I4_H

#include "edgec_panel_i4.h"
#include "edgec_rows_i4.h"
#include "edgec_window_i8.h"

// Windows become rows of a matrix, a few at a time; a panel of outputs stays unpacked while all windows pass by.
EDGEC_INLINE void edgec_convolve_unpacked_i4(
        edgec_window g, const int8_t *restrict x, int32_t zero, edgec_weights_i4 w,
        const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    int per_group = g.channels / g.groups, outs = g.out_channels / g.groups;
    int inner = g.kernel_height * g.kernel_width * per_group, pitch = edgec_padded_i8(inner);
    int pixels = g.batch * g.out_height * g.out_width;
    int most = EDGEC_CENTERED_I8 / pitch < EDGEC_ROWS_I8 ? 4 : EDGEC_ROWS_I8;
    int width = EDGEC_PANEL_I4 / pitch < outs ? EDGEC_PANEL_I4 / pitch : outs;
    int16_t panel[EDGEC_PANEL_I4], patches[EDGEC_CENTERED_I8];
    memset(patches, 0, (size_t)(most * pitch) * sizeof *patches);
    for (int group = 0; group < g.groups; group++) {
        int end = (group + 1) * outs;
        for (int c = group * outs; c < end; c += width) {
            int count = end - c < width ? end - c : width;
            edgec_panel_i4(w, c, count, inner, panel);
            for (int pixel = 0; pixel < pixels; pixel += most) {
                int taken = pixels - pixel < most ? pixels - pixel : most;
                for (int i = 0; i < taken; i++) {
                    edgec_gather_i8(g, x, zero, pixel + i, group * per_group, per_group,
                        patches + (ptrdiff_t)i * pitch);
                }

                edgec_rows_i8(patches, taken, pitch, NULL, panel, 0, count, bias ? bias + c : NULL,
                    edgec_finish_from(finish, c), y + (ptrdiff_t)pixel * g.out_channels + c, g.out_channels);
            }
        }
    }
}

// Windows of more elements than patches hold: tap by tap.
EDGEC_INLINE void edgec_convolve_taps_i4(
        edgec_window g, const int8_t *restrict x, int32_t zero, edgec_weights_i4 w,
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
                        sum += edgec_dot_i4(x + edgec_tap_offset(g, n, oy, ox, ky, kx) + c / outs * per_group, zero,
                            w, c, inner, (ky * g.kernel_width + kx) * per_group, per_group);
                    }
                }

                y[edgec_pixel_offset(g, n, oy, ox) + c] = edgec_finish(finish, sum, c);
            }
        }
    }
}

EDGEC_INLINE void edgec_convolve_depthwise_i4(
        edgec_window g, const int8_t *restrict x, int32_t zero, edgec_weights_i4 w,
        const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    int taps = g.kernel_height * g.kernel_width;
    int count = g.channels < EDGEC_DEPTHWISE_I8 ? g.channels : EDGEC_DEPTHWISE_I8;
    int16_t weights[EDGEC_TAPS_I8][EDGEC_DEPTHWISE_I8];
    for (int first = 0; first < g.channels; first += count) {
        // The last block begins early enough to be whole: some channels are computed twice.
        int from = first < g.channels - count ? first : g.channels - count;
        int16_t column[EDGEC_TAPS_I8];
        for (int c = 0; c < count; c++) {
            edgec_column_i4(w, from + c, taps, 0, taps, column);
            for (int tap = 0; tap < taps; tap++)
                weights[tap][c] = column[tap];
        }

        edgec_convolve_lanes_i8(g, x, zero, weights, bias, finish, y, from, count);
    }
}

// The geometry is constant where this is inlined, so one branch remains. The bias may be null.
EDGEC_INLINE void edgec_convolve_i4(
        edgec_window g, const int8_t *restrict x, int32_t zero, edgec_weights_i4 w,
        const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    int taps = g.kernel_height * g.kernel_width;
    if (g.groups == g.channels && g.groups == g.out_channels && taps <= EDGEC_TAPS_I8)
        edgec_convolve_depthwise_i4(g, x, zero, w, bias, finish, y);
    else if (taps * (g.channels / g.groups) <= EDGEC_INNER_I8)
        edgec_convolve_unpacked_i4(g, x, zero, w, bias, finish, y);
    else
        edgec_convolve_taps_i4(g, x, zero, w, bias, finish, y);
}

// The convolution with weights in panels, see edgec_panel_i4.h: one group, and windows of at most EDGEC_PANEL_INNER_I8 elements.
EDGEC_INLINE void edgec_convolve_panels_i4(
        edgec_window g, const int8_t *restrict x, int32_t zero, edgec_weights_i4 panels,
        const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    int inner = g.kernel_height * g.kernel_width * g.channels, pixels = g.batch * g.out_height * g.out_width;
    int most = edgec_panel_block_i8(inner + inner % 2);
    int16_t patches[EDGEC_PANEL_CENTERED_I8];
    for (int pixel = 0; pixel < pixels; pixel += most) {
        int count = pixels - pixel < most ? pixels - pixel : most;
        edgec_gather_rows_i8(g, x, zero, pixel, count, patches);
        edgec_rows_by_panels_i4(
            patches, count, inner, panels, g.out_channels, bias, finish, y + (ptrdiff_t)pixel * g.out_channels);
    }
}

#endif
