// Rows of centered 8-bit integers times panels: 16 columns of weights, or the last 8, that lie side by side in pairs of
// elements, [inner / 2][columns][2], with zeros where there are none. A pair of a row's values meets all columns at once, so
// no sum is split and no vector partly used, whatever the length of the rows.
#ifndef EDGEC_PANEL_I8_H
#define EDGEC_PANEL_I8_H

#include <stddef.h>
#include <string.h>

#include "edgec_eight.h"
#include "edgec_finish_row.h"

enum {
    EDGEC_PANEL_COLUMNS_I8 = 16,
    EDGEC_PANEL_ROWS_I8 = 4,            // with 16 columns, as many sums as vector registers hold beside what they meet
    EDGEC_PANEL_BLOCK_I8 = 64,          // most rows that meet a panel while it is in the nearest cache
    EDGEC_PANEL_CENTERED_I8 = 18432,    // elements of them
    EDGEC_PANEL_INNER_I8 = EDGEC_PANEL_CENTERED_I8 / 4,  // longest row of which at least four are
};

// Rows taken at a time, a multiple of four.
EDGEC_INLINE int edgec_panel_block_i8(int pitch) {
    int fit = EDGEC_PANEL_CENTERED_I8 / pitch / EDGEC_PANEL_ROWS_I8 * EDGEC_PANEL_ROWS_I8;
    return fit < EDGEC_PANEL_BLOCK_I8 ? fit : EDGEC_PANEL_BLOCK_I8;
}

#if defined(EDGEC_NO_EIGHT)

// sums[r][c] = sum over k of x_r[k] * weight[k, c] for four rows and 8 or 16 columns, two at a time.
EDGEC_APART void edgec_panel4_i8(
        const int16_t *restrict x0, const int16_t *restrict x1, const int16_t *restrict x2, const int16_t *restrict x3,
        int pairs, const int8_t *restrict panel, int width, int32_t (*restrict sums)[EDGEC_PANEL_COLUMNS_I8]) {
    for (int c = 0; c < width; c += 2) {
        const int8_t *restrict w = panel + 2 * c;
        int32_t s00 = 0, s01 = 0, s10 = 0, s11 = 0, s20 = 0, s21 = 0, s30 = 0, s31 = 0;
        for (int k = 0; k < pairs; k++, w += (ptrdiff_t)2 * width) {
            for (int i = 0; i < 2; i++) {
                int16_t w0 = w[i], w1 = w[2 + i];
                s00 += x0[2 * k + i] * w0;
                s01 += x0[2 * k + i] * w1;
                s10 += x1[2 * k + i] * w0;
                s11 += x1[2 * k + i] * w1;
                s20 += x2[2 * k + i] * w0;
                s21 += x2[2 * k + i] * w1;
                s30 += x3[2 * k + i] * w0;
                s31 += x3[2 * k + i] * w1;
            }
        }

        sums[0][c] = s00;
        sums[0][c + 1] = s01;
        sums[1][c] = s10;
        sums[1][c + 1] = s11;
        sums[2][c] = s20;
        sums[2][c + 1] = s21;
        sums[3][c] = s30;
        sums[3][c + 1] = s31;
    }
}

// One row.
EDGEC_APART void edgec_panel1_i8(
        const int16_t *restrict x, int pairs, const int8_t *restrict panel, int width, int32_t *restrict sums) {
    for (int c = 0; c < width; c++) {
        sums[c] = 0;
        for (int k = 0; k < pairs; k++) {
            const int8_t *restrict w = panel + 2 * ((ptrdiff_t)width * k + c);
            sums[c] += x[2 * k] * w[0] + x[2 * k + 1] * w[1];
        }
    }
}

#else

// sums[r][c] = sum over k of x_r[k] * weight[k, c] for four rows and 16 columns. Sums have a name each: compilers keep
// those in registers, but not an array of them.
EDGEC_APART void edgec_panel4x16_i8(
        const int16_t *restrict x0, const int16_t *restrict x1, const int16_t *restrict x2, const int16_t *restrict x3,
        int pairs, const int8_t *restrict panel, int32_t (*restrict sums)[EDGEC_PANEL_COLUMNS_I8]) {
    edgec_eight s00 = edgec_eight_zeros(), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
    for (int k = 0; k < pairs; k++) {
        edgec_eight_weights w0 = edgec_eight_load(panel + (ptrdiff_t)32 * k);
        edgec_eight_weights w1 = edgec_eight_load(panel + (ptrdiff_t)32 * k + 16);
        edgec_pair a = edgec_pair_of(x0 + 2 * k), b = edgec_pair_of(x1 + 2 * k);
        s00 = edgec_eight_add(s00, a, w0);
        s01 = edgec_eight_add(s01, a, w1);
        s10 = edgec_eight_add(s10, b, w0);
        s11 = edgec_eight_add(s11, b, w1);
        a = edgec_pair_of(x2 + 2 * k);
        b = edgec_pair_of(x3 + 2 * k);
        s20 = edgec_eight_add(s20, a, w0);
        s21 = edgec_eight_add(s21, a, w1);
        s30 = edgec_eight_add(s30, b, w0);
        s31 = edgec_eight_add(s31, b, w1);
    }

    edgec_eight_store(s00, sums[0]);
    edgec_eight_store(s01, sums[0] + 8);
    edgec_eight_store(s10, sums[1]);
    edgec_eight_store(s11, sums[1] + 8);
    edgec_eight_store(s20, sums[2]);
    edgec_eight_store(s21, sums[2] + 8);
    edgec_eight_store(s30, sums[3]);
    edgec_eight_store(s31, sums[3] + 8);
}

// The same for eight columns.
EDGEC_APART void edgec_panel4x8_i8(
        const int16_t *restrict x0, const int16_t *restrict x1, const int16_t *restrict x2, const int16_t *restrict x3,
        int pairs, const int8_t *restrict panel, int32_t (*restrict sums)[EDGEC_PANEL_COLUMNS_I8]) {
    edgec_eight s0 = edgec_eight_zeros(), s1 = s0, s2 = s0, s3 = s0;
    for (int k = 0; k < pairs; k++) {
        edgec_eight_weights w = edgec_eight_load(panel + (ptrdiff_t)16 * k);
        s0 = edgec_eight_add(s0, edgec_pair_of(x0 + 2 * k), w);
        s1 = edgec_eight_add(s1, edgec_pair_of(x1 + 2 * k), w);
        s2 = edgec_eight_add(s2, edgec_pair_of(x2 + 2 * k), w);
        s3 = edgec_eight_add(s3, edgec_pair_of(x3 + 2 * k), w);
    }

    edgec_eight_store(s0, sums[0]);
    edgec_eight_store(s1, sums[1]);
    edgec_eight_store(s2, sums[2]);
    edgec_eight_store(s3, sums[3]);
}

EDGEC_INLINE void edgec_panel4_i8(
        const int16_t *restrict x0, const int16_t *restrict x1, const int16_t *restrict x2, const int16_t *restrict x3,
        int pairs, const int8_t *restrict panel, int width, int32_t (*restrict sums)[EDGEC_PANEL_COLUMNS_I8]) {
    if (width == 16)
        edgec_panel4x16_i8(x0, x1, x2, x3, pairs, panel, sums);
    else
        edgec_panel4x8_i8(x0, x1, x2, x3, pairs, panel, sums);
}

// One row and 8 or 16 columns. Even and odd pairs have sums of their own, so that additions need not wait for one another.
EDGEC_APART void edgec_panel1_i8(
        const int16_t *restrict x, int pairs, const int8_t *restrict panel, int width, int32_t *restrict sums) {
    for (int c = 0; c < width; c += 8) {
        const int8_t *restrict w = panel + 2 * c;
        edgec_eight even = edgec_eight_zeros(), odd = even;
        int k = 0;
        for (; k + 2 <= pairs; k += 2) {
            even = edgec_eight_add(even, edgec_pair_of(x + 2 * k), edgec_eight_load(w + (ptrdiff_t)2 * width * k));
            odd = edgec_eight_add(odd, edgec_pair_of(x + 2 * k + 2), edgec_eight_load(w + (ptrdiff_t)2 * width * (k + 1)));
        }
        if (k < pairs) even = edgec_eight_add(even, edgec_pair_of(x + 2 * k), edgec_eight_load(w + (ptrdiff_t)2 * width * k));
        int32_t others[8];
        edgec_eight_store(even, sums + c);
        edgec_eight_store(odd, others);
        for (int i = 0; i < 8; i++)
            sums[c + i] += others[i];
    }
}

#endif

// The same for 1 to 4 rows, which lie `pitch` elements apart, and a panel of 8 or 16 columns.
EDGEC_INLINE void edgec_rows_by_panel_i8(
        const int16_t *restrict x, ptrdiff_t pitch, int rows, int pairs, const int8_t *restrict panel, int width,
        int32_t (*restrict sums)[EDGEC_PANEL_COLUMNS_I8]) {
    // The last row stands in for those that are missing.
    const int16_t *x1 = rows > 1 ? x + pitch : x, *x2 = rows > 2 ? x1 + pitch : x1, *x3 = rows > 3 ? x2 + pitch : x2;
    if (rows == 1)
        edgec_panel1_i8(x, pairs, panel, width, sums[0]);
    else
        edgec_panel4_i8(x, x1, x2, x3, pairs, panel, width, sums);
}

// y[r, c] = finish(bias[c] + sum over k of x[r, k] * w[c, k]) for rows of 2 * pairs values. The bias may be null.
EDGEC_INLINE void edgec_rows_by_panels_i8(
        const int16_t *restrict x, int rows, int pairs, const int8_t *restrict panels, int columns,
        const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    int pitch = 2 * pairs;
    for (int c = 0; c < columns; c += EDGEC_PANEL_COLUMNS_I8) {
        int count = columns - c < EDGEC_PANEL_COLUMNS_I8 ? columns - c : EDGEC_PANEL_COLUMNS_I8;
        int width = count > 8 ? 16 : 8;
        for (int first = 0; first < rows; first += EDGEC_PANEL_ROWS_I8) {
            int taken = rows - first < EDGEC_PANEL_ROWS_I8 ? rows - first : EDGEC_PANEL_ROWS_I8;
            int32_t sums[EDGEC_PANEL_ROWS_I8][EDGEC_PANEL_COLUMNS_I8];
            edgec_rows_by_panel_i8(x + (ptrdiff_t)first * pitch, pitch, taken, pairs, panels, width, sums);
            for (int r = 0; r < taken; r++)
                edgec_finish_row(finish, sums[r], bias, c, count, y + (ptrdiff_t)(first + r) * columns + c);
        }

        panels += (ptrdiff_t)pairs * 2 * width;
    }
}

// A panel of activations: x is [columns, inner], of which `count` columns are taken, 16 at most.
EDGEC_INLINE void edgec_panel_of_rows_i8(const int8_t *restrict x, int inner, int count, int8_t *restrict panel) {
    int width = count > 8 ? 16 : 8, pairs = inner / 2;
    for (int c = 0; c < width; c++) {
        // The last column stands in for those that are missing.
        const int8_t *restrict column = x + (ptrdiff_t)(c < count ? c : count - 1) * inner;
        for (int k = 0; k < pairs; k++)
            memcpy(panel + 2 * ((ptrdiff_t)k * width + c), column + 2 * k, 2);
        if (inner % 2 != 0) {
            panel[2 * ((ptrdiff_t)pairs * width + c)] = column[inner - 1];
            panel[2 * ((ptrdiff_t)pairs * width + c) + 1] = 0;
        }
    }
}

// The same where x is [inner, pitch].
EDGEC_INLINE void edgec_panel_of_columns_i8(
        const int8_t *restrict x, ptrdiff_t pitch, int inner, int count, int8_t *restrict panel) {
    int width = count > 8 ? 16 : 8;
    for (int k = 0; k < inner; k += 2) {
        const int8_t *restrict even = x + k * pitch, *restrict odd = even + pitch;
        int8_t *restrict pairs = panel + (ptrdiff_t)k * width;
        if (k + 1 == inner || count != 16) {
            for (int c = 0; c < width; c++) {
                pairs[2 * c] = c < count ? even[c] : 0;
                pairs[2 * c + 1] = c < count && k + 1 < inner ? odd[c] : 0;
            }
            continue;
        }

        for (int c = 0; c < 16; c++) {
            pairs[2 * c] = even[c];
            pairs[2 * c + 1] = odd[c];
        }
    }
}

#endif
