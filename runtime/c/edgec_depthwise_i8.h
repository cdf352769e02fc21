// Depthwise convolution of 8-bit integers, channels-last, with weights that lie in pairs of taps, [(taps + 1) / 2][channels][2], and a zero
// where there is no second one. Two taps meet their weights at once; at least 8 channels.
#ifndef EDGEC_DEPTHWISE_I8_H
#define EDGEC_DEPTHWISE_I8_H

#include <string.h>

#include "edgec_eight.h"
#include "edgec_finish_row.h"
#include "edgec_window.h"

enum {
    EDGEC_PLACES_I8 = 256,  // most taps
    EDGEC_LANES_I8 = 64,    // channels that are summed before they are finished
};

// Where the taps of a window lie: outside the image all read the same values, the zero point.
EDGEC_INLINE void edgec_tap_places_i8(
        edgec_window g, const int8_t *x, const int8_t *outside, int n, int oy, int ox, const int8_t **places) {
    for (int ky = 0; ky < g.kernel_height; ky++) {
        int iy = oy * g.stride_y + ky * g.dilation_y - g.pad_top;
        for (int kx = 0; kx < g.kernel_width; kx++) {
            int ix = ox * g.stride_x + kx * g.dilation_x - g.pad_left;
            bool inside = iy >= 0 && iy < g.height && ix >= 0 && ix < g.width;
            places[ky * g.kernel_width + kx] = inside ? x + edgec_tap_offset(g, n, oy, ox, ky, kx) : outside;
        }
    }
}

// sums[i] = sum over the taps of (x - zero) * weight, of eight channels from c on; `pairs` begins with those of channel c.
EDGEC_INLINE void edgec_sum_taps_i8(
        const int8_t *const *places, int c, int half, int32_t zero, const int8_t *restrict pairs, int channels, int32_t *restrict sums) {
#ifdef EDGEC_NO_EIGHT
    for (int i = 0; i < 8; i++)
        sums[i] = 0;
    for (int k = 0; k < half; k++) {
        const int8_t *a = places[2 * k] + c, *b = places[2 * k + 1] + c, *w = pairs + (ptrdiff_t)2 * k * channels;
        for (int i = 0; i < 8; i++)
            sums[i] += (a[i] - zero) * w[2 * i] + (b[i] - zero) * w[2 * i + 1];
    }
#else
    edgec_eight eight = edgec_eight_zeros();
    for (int k = 0; k < half; k++) {
        edgec_eight_pairs x = edgec_eight_zip(places[2 * k] + c, places[2 * k + 1] + c, zero);
        eight = edgec_eight_multiply(eight, x, edgec_eight_load(pairs + (ptrdiff_t)2 * k * channels));
    }
    edgec_eight_store(eight, sums);
#endif
}

// Channels [first, first + count) of all outputs, count at most EDGEC_LANES_I8 and a multiple of 8.
EDGEC_INLINE void edgec_depthwise_lanes_i8(
        edgec_window g, const int8_t *restrict x, int32_t zero, const int8_t *restrict pairs, const int32_t *restrict bias,
        edgec_requantizer finish, int8_t *restrict y, int first, int count) {
    int taps = g.kernel_height * g.kernel_width, half = (taps + 1) / 2;
    int8_t outside[EDGEC_LANES_I8];
    const int8_t *places[EDGEC_PLACES_I8 + 1];
    memset(outside, zero, sizeof outside);
    places[taps] = outside;
    for (int line = 0; line < g.batch * g.out_height; line++) {
        int n = edgec_line_image(g, line), oy = edgec_line_row(g, line);
        edgec_taps ys = edgec_taps_y(g, oy);
        bool next = false;  // the places are those of the pixel before, and all inside
        for (int ox = 0; ox < g.out_width; ox++) {
            edgec_taps xs = edgec_taps_x(g, ox);
            bool inside = ys.end - ys.first == g.kernel_height && xs.end - xs.first == g.kernel_width;
            if (inside && next) {
                for (int k = 0; k < taps; k++)
                    places[k] += g.stride_x * g.channels;
            } else {
                edgec_tap_places_i8(g, x + first, outside, n, oy, ox, places);
            }

            next = inside;
            int32_t sums[EDGEC_LANES_I8];
            for (int c = 0; c < count; c += 8)
                edgec_sum_taps_i8(places, c, half, zero, pairs + (ptrdiff_t)2 * (first + c), g.channels, sums + c);
            edgec_finish_row(finish, sums, bias, first, count, y + edgec_pixel_offset(g, n, oy, ox) + first);
        }
    }
}

// The bias may be null. The last channels begin early enough to be 8: some are computed twice.
EDGEC_INLINE void edgec_depthwise_i8(
        edgec_window g, const int8_t *restrict x, int32_t zero, const int8_t *restrict pairs, const int32_t *restrict bias,
        edgec_requantizer finish, int8_t *restrict y) {
    int whole = g.channels / 8 * 8, first = 0;
    for (; first + EDGEC_LANES_I8 <= whole; first += EDGEC_LANES_I8)
        edgec_depthwise_lanes_i8(g, x, zero, pairs, bias, finish, y, first, EDGEC_LANES_I8);
    if (first < whole) edgec_depthwise_lanes_i8(g, x, zero, pairs, bias, finish, y, first, whole - first);
    if (whole < g.channels) edgec_depthwise_lanes_i8(g, x, zero, pairs, bias, finish, y, g.channels - 8, 8);
}

#endif
