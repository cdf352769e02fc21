// Convolution with a second sum in it, that of a few 16-bit values at each pixel of the result: both are exact when they
// meet, and what they make is rounded once.
#ifndef EDGEC_BRANCHED_H
#define EDGEC_BRANCHED_H

#include <string.h>

#include "edgec_i16.h"
#include "edgec_window_i8.h"

enum {
    EDGEC_BRANCHED_ROWS = 4,      // pixels taken at a time
    EDGEC_BRANCHED_PANEL = 16384, // weights that are unpacked at a time, if more than one output's
};

// Parameters for each output channel: see edgec_requantize_joined and edgec_rounding_joined_half_even.
typedef struct edgec_joined {
    const int32_t *multipliers;
    const int32_t *branch_multipliers;
    const uint8_t *shifts;
    const int64_t *addends;
    int32_t lo;
    int32_t hi;
    edgec_profile profile;
    int32_t zero;  // what is added after rounding to even; otherwise the addends have it in them
} edgec_joined;

EDGEC_INLINE int32_t edgec_finish_joined(edgec_joined f, int64_t sum, int64_t branch, int i) {
    if (f.profile == EDGEC_HALF_EVEN) {
        return edgec_rounding_joined_half_even(sum, f.multipliers[i], branch, f.branch_multipliers[i], f.addends[i],
            f.shifts[i], f.zero, f.lo, f.hi);
    }
    return edgec_requantize_joined(sum, f.multipliers[i], branch, f.branch_multipliers[i], f.addends[i], f.shifts[i],
        f.lo, f.hi);
}

// The elements under one window, in the order of the weights; 0 stands for positions outside.
EDGEC_INLINE void edgec_gather_i16(edgec_window g, const int16_t *restrict x, int pixel, int16_t *restrict patch) {
    int ox = pixel % g.out_width, line = pixel / g.out_width;
    int oy = edgec_line_row(g, line), n = edgec_line_image(g, line);
    edgec_taps ys = edgec_taps_y(g, oy), xs = edgec_taps_x(g, ox);
    if (ys.end - ys.first != g.kernel_height || xs.end - xs.first != g.kernel_width)
        memset(patch, 0, (size_t)(g.kernel_height * g.kernel_width * g.channels) * sizeof *patch);
    for (int ky = ys.first; ky < ys.end; ky++) {
        for (int kx = xs.first; kx < xs.end; kx++) {
            memcpy(patch + (ptrdiff_t)(ky * g.kernel_width + kx) * g.channels, x + edgec_tap_offset(g, n, oy, ox, ky, kx),
                (size_t)g.channels * sizeof *patch);
        }
    }
}

// panel[c] = the weights of output first + c and then those of its branch, both padded with zeros to whole vectors.
EDGEC_INLINE void edgec_branched_panel(
        edgec_factor factor, const void *restrict w, const int8_t *restrict branch, int first, int columns, int inner,
        int rank, int16_t *restrict panel) {
    int pitch = edgec_padded_i8(inner), whole = pitch + edgec_padded_i8(rank);
    for (int c = 0; c < columns; c++) {
        int16_t *row = panel + (ptrdiff_t)c * whole;
        ptrdiff_t from = (ptrdiff_t)(first + c) * inner;
        if (factor == EDGEC_I4) {
            edgec_unpack_i4((const uint8_t *)w, from, inner, row);
        } else {
            for (int k = 0; k < inner; k++)
                row[k] = ((const int8_t *)w)[from + k];
        }
        for (int k = inner; k < whole; k++)
            row[k] = 0;
        for (int r = 0; r < rank; r++)
            row[pitch + r] = branch[(ptrdiff_t)(first + c) * rank + r];
    }
}

// sums[r][c] = sum of x[r] * w[c] for four rows and two columns.
EDGEC_INLINE void edgec_branched_dot(
        bool long_sums, const int16_t *const rows[4], const int16_t *restrict w0, const int16_t *restrict w1, int length,
        int64_t sums[4][2]) {
    int32_t narrow[4][2];
    if (!long_sums)
        edgec_dot4x2_i16(rows, w0, w1, length, narrow);
    for (int r = 0; r < 4; r++) {
        sums[r][0] = long_sums ? edgec_dot_i16_sum64(EDGEC_I16, rows[r], w0, 0, length) : narrow[r][0];
        sums[r][1] = long_sums ? edgec_dot_i16_sum64(EDGEC_I16, rows[r], w1, 0, length) : narrow[r][1];
    }
}

// y[pixel, c] = finish(bias[c] + sum of w * (x - zero), sum over r of branch[c, r] * thin[pixel, r]) for windows of one
// group. x and y are of 16 bits if `wide`, else of 8; sums are of 64 bits if `long_sums`, else of 32. `patches` has room
// for EDGEC_BRANCHED_ROWS rows of an output's weights and branch, both padded, `panel` for `width` of them.
EDGEC_INLINE void edgec_convolve_branched(
        edgec_window g, bool wide, bool long_sums, const void *restrict x, int32_t zero, edgec_factor factor,
        const void *restrict w, const int32_t *restrict bias, const int16_t *restrict thin, const int8_t *restrict branch,
        int rank, edgec_joined finish, int16_t *restrict patches, int16_t *restrict panel, int width, void *restrict y) {
    int inner = g.kernel_height * g.kernel_width * g.channels, pitch = edgec_padded_i8(inner);
    int thin_pitch = edgec_padded_i8(rank), whole = pitch + thin_pitch;
    int pixels = g.batch * g.out_height * g.out_width;
    memset(patches, 0, (size_t)(EDGEC_BRANCHED_ROWS * whole) * sizeof *patches);
    for (int first = 0; first < g.out_channels; first += width) {
        int count = g.out_channels - first < width ? g.out_channels - first : width;
        edgec_branched_panel(factor, w, branch, first, count, inner, rank, panel);
        for (int pixel = 0; pixel < pixels; pixel += EDGEC_BRANCHED_ROWS) {
            int taken = pixels - pixel < EDGEC_BRANCHED_ROWS ? pixels - pixel : EDGEC_BRANCHED_ROWS;
            const int16_t *rows[EDGEC_BRANCHED_ROWS], *thin_rows[EDGEC_BRANCHED_ROWS];
            for (int i = 0; i < EDGEC_BRANCHED_ROWS; i++) {
                rows[i] = patches + (ptrdiff_t)(i < taken ? i : taken - 1) * whole;
                thin_rows[i] = rows[i] + pitch;
            }
            for (int i = 0; i < taken; i++) {
                int16_t *patch = patches + (ptrdiff_t)i * whole;
                memcpy(patch + pitch, thin + (ptrdiff_t)(pixel + i) * rank, (size_t)rank * sizeof *patch);
                if (wide)
                    edgec_gather_i16(g, (const int16_t *)x, pixel + i, patch);
                else
                    edgec_gather_i8(g, (const int8_t *)x, zero, pixel + i, 0, g.channels, patch);
            }

            for (int c = 0; c < count; c += 2) {
                int pair = c + 1 < count ? 2 : 1;  // the last column stands in for one that is missing
                const int16_t *w0 = panel + (ptrdiff_t)c * whole, *w1 = w0 + (ptrdiff_t)(pair - 1) * whole;
                int64_t sums[EDGEC_BRANCHED_ROWS][2];
                int32_t second[EDGEC_BRANCHED_ROWS][2];
                edgec_branched_dot(long_sums, rows, w0, w1, pitch, sums);
                edgec_dot4x2_i16(thin_rows, w0 + pitch, w1 + pitch, thin_pitch, second);
                for (int i = 0; i < taken; i++) {
                    for (int j = 0; j < pair; j++) {
                        int at = first + c + j;
                        int32_t value = edgec_finish_joined(finish, sums[i][j] + bias[at], second[i][j], at);
                        ptrdiff_t target = (ptrdiff_t)(pixel + i) * g.out_channels + at;
                        if (wide)
                            ((int16_t *)y)[target] = (int16_t)value;
                        else
                            ((int8_t *)y)[target] = (int8_t)value;
                    }
                }
            }
        }
    }
}

#endif
