// Rows of 16-bit values times a panel: 16 columns of weights, or the last 8, that lie side by side in pairs of elements,
// [inner / 2][columns][2], with zeros where there are none. A pair of a row's values meets all columns at once, so no sum is
// split and no vector partly used, whatever the length of the rows. Weights have 8 bits or (wide) 16.
#ifndef EDGEC_PANEL_H
#define EDGEC_PANEL_H

#include <stdbool.h>
#include <stddef.h>

#include "edgec_eight.h"

enum {
    EDGEC_PANEL_COLUMNS = 16,
    EDGEC_PANEL_ROWS = 4,  // with 16 columns, as many sums as vector registers hold beside what they meet
};

#if defined(EDGEC_NO_EIGHT)

EDGEC_INLINE int16_t edgec_panel_at(const void *restrict panel, bool wide, ptrdiff_t index) {
    return wide ? ((const int16_t *)panel)[index] : ((const int8_t *)panel)[index];
}

// sums[r][c] = sum over k of x_r[k] * weight[k, c] for four rows and `width` columns, two at a time.
EDGEC_INLINE void edgec_panel_sums4(
        const int16_t *restrict x0, const int16_t *restrict x1, const int16_t *restrict x2, const int16_t *restrict x3,
        int pairs, const void *restrict panel, bool wide, int width, int32_t (*restrict sums)[EDGEC_PANEL_COLUMNS]) {
    for (int c = 0; c < width; c += 2) {
        int32_t s00 = 0, s01 = 0, s10 = 0, s11 = 0, s20 = 0, s21 = 0, s30 = 0, s31 = 0;
        for (int k = 0; k < pairs; k++) {
            for (int i = 0; i < 2; i++) {
                ptrdiff_t at = 2 * ((ptrdiff_t)width * k + c) + i;
                int16_t w0 = edgec_panel_at(panel, wide, at), w1 = edgec_panel_at(panel, wide, at + 2);
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
EDGEC_INLINE void edgec_panel_sums1(
        const int16_t *restrict x, int pairs, const void *restrict panel, bool wide, int width, int32_t *restrict sums) {
    for (int c = 0; c < width; c++) {
        sums[c] = 0;
        for (int k = 0; k < pairs; k++) {
            ptrdiff_t at = 2 * ((ptrdiff_t)width * k + c);
            sums[c] += x[2 * k] * edgec_panel_at(panel, wide, at) + x[2 * k + 1] * edgec_panel_at(panel, wide, at + 1);
        }
    }
}

#else

EDGEC_INLINE edgec_eight_weights edgec_panel_at(const void *restrict panel, bool wide, ptrdiff_t index) {
    return wide ? edgec_eight_load_wide((const int16_t *)panel + index) : edgec_eight_load((const int8_t *)panel + index);
}

// sums[r][c] = sum over k of x_r[k] * weight[k, c] for four rows and 16 columns, or 8. Sums have a name each: compilers keep
// those in registers, but not an array of them.
EDGEC_INLINE void edgec_panel_sums4(
        const int16_t *restrict x0, const int16_t *restrict x1, const int16_t *restrict x2, const int16_t *restrict x3,
        int pairs, const void *restrict panel, bool wide, int width, int32_t (*restrict sums)[EDGEC_PANEL_COLUMNS]) {
    edgec_eight s00 = edgec_eight_zeros(), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
    if (width == 8) {
        for (int k = 0; k < pairs; k++) {
            edgec_eight_weights w = edgec_panel_at(panel, wide, (ptrdiff_t)16 * k);
            s00 = edgec_eight_add(s00, edgec_pair_of(x0 + 2 * k), w);
            s10 = edgec_eight_add(s10, edgec_pair_of(x1 + 2 * k), w);
            s20 = edgec_eight_add(s20, edgec_pair_of(x2 + 2 * k), w);
            s30 = edgec_eight_add(s30, edgec_pair_of(x3 + 2 * k), w);
        }
    } else {
        for (int k = 0; k < pairs; k++) {
            edgec_eight_weights w0 = edgec_panel_at(panel, wide, (ptrdiff_t)32 * k);
            edgec_eight_weights w1 = edgec_panel_at(panel, wide, (ptrdiff_t)32 * k + 16);
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
    }

    edgec_eight_store(s00, sums[0]);
    edgec_eight_store(s10, sums[1]);
    edgec_eight_store(s20, sums[2]);
    edgec_eight_store(s30, sums[3]);
    if (width == 8)
        return;
    edgec_eight_store(s01, sums[0] + 8);
    edgec_eight_store(s11, sums[1] + 8);
    edgec_eight_store(s21, sums[2] + 8);
    edgec_eight_store(s31, sums[3] + 8);
}

// One row. Even and odd pairs have sums of their own, so that additions need not wait for one another.
EDGEC_INLINE void edgec_panel_sums1(
        const int16_t *restrict x, int pairs, const void *restrict panel, bool wide, int width, int32_t *restrict sums) {
    for (int c = 0; c < width; c += 8) {
        edgec_eight even = edgec_eight_zeros(), odd = even;
        int k = 0;
        for (; k + 2 <= pairs; k += 2) {
            ptrdiff_t at = 2 * ((ptrdiff_t)width * k + c);
            even = edgec_eight_add(even, edgec_pair_of(x + 2 * k), edgec_panel_at(panel, wide, at));
            odd = edgec_eight_add(odd, edgec_pair_of(x + 2 * k + 2), edgec_panel_at(panel, wide, at + 2 * width));
        }
        if (k < pairs)
            even = edgec_eight_add(even, edgec_pair_of(x + 2 * k), edgec_panel_at(panel, wide, 2 * ((ptrdiff_t)width * k + c)));
        int32_t others[8];
        edgec_eight_store(even, sums + c);
        edgec_eight_store(odd, others);
        for (int i = 0; i < 8; i++)
            sums[c + i] += others[i];
    }
}

#endif

// The same with weights of one width, each a function of its own; edgec_rows_by_panel chooses by the number of rows, 1 to 4,
// which lie `pitch` elements apart, and of columns, 8 or 16.
#define EDGEC_DEFINE_PANEL(suffix, weight, wide)                                                                              \
    EDGEC_APART void edgec_panel4x16_##suffix(                                                                                \
            const int16_t *restrict x0, const int16_t *restrict x1, const int16_t *restrict x2, const int16_t *restrict x3,   \
            int pairs, const weight *restrict panel, int32_t (*restrict sums)[EDGEC_PANEL_COLUMNS]) {                         \
        edgec_panel_sums4(x0, x1, x2, x3, pairs, panel, wide, 16, sums);                                                      \
    }                                                                                                                         \
                                                                                                                              \
    EDGEC_APART void edgec_panel4x8_##suffix(                                                                                 \
            const int16_t *restrict x0, const int16_t *restrict x1, const int16_t *restrict x2, const int16_t *restrict x3,   \
            int pairs, const weight *restrict panel, int32_t (*restrict sums)[EDGEC_PANEL_COLUMNS]) {                         \
        edgec_panel_sums4(x0, x1, x2, x3, pairs, panel, wide, 8, sums);                                                       \
    }                                                                                                                         \
                                                                                                                              \
    EDGEC_APART void edgec_panel1_##suffix(                                                                                   \
            const int16_t *restrict x, int pairs, const weight *restrict panel, int width, int32_t *restrict sums) {          \
        edgec_panel_sums1(x, pairs, panel, wide, width, sums);                                                                \
    }                                                                                                                         \
                                                                                                                              \
    EDGEC_INLINE void edgec_rows_by_panel_##suffix(                                                                           \
            const int16_t *restrict x, ptrdiff_t pitch, int rows, int pairs, const weight *restrict panel, int width,         \
            int32_t (*restrict sums)[EDGEC_PANEL_COLUMNS]) {                                                                  \
        /* The last row stands in for those that are missing. */                                                              \
        const int16_t *x1 = rows > 1 ? x + pitch : x, *x2 = rows > 2 ? x1 + pitch : x1, *x3 = rows > 3 ? x2 + pitch : x2;     \
        if (rows == 1)                                                                                                        \
            edgec_panel1_##suffix(x, pairs, panel, width, sums[0]);                                                           \
        else if (width == 16)                                                                                                 \
            edgec_panel4x16_##suffix(x, x1, x2, x3, pairs, panel, sums);                                                      \
        else                                                                                                                  \
            edgec_panel4x8_##suffix(x, x1, x2, x3, pairs, panel, sums);                                                       \
    }

#endif
