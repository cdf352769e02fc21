// Rows of single-precision numbers times a panel: a few columns of weights, turned so that they lie side by side. Each
// value of a row then meets all columns at once, and no sum is split.
#ifndef EDGEC_PANEL_F32_H
#define EDGEC_PANEL_F32_H

#include <stdbool.h>
#include <stddef.h>

#include "edgec_float.h"

enum {
    EDGEC_PANEL_INNER_F32 = 512,   // most of the inner axis at a time
    EDGEC_PANEL_COLUMNS_F32 = 16,  // with EDGEC_PANEL_ROWS_F32 rows, as many sums as vector registers hold
    EDGEC_PANEL_ROWS_F32 = 4,
};

// panel[k, c] = w[c, k], where rows of w have `pitch` elements; zeros stand for the columns from `count` on.
EDGEC_INLINE void edgec_panel_f32(const float *restrict w, ptrdiff_t pitch, int inner, int count, float *restrict panel) {
    for (int c = 0; c < EDGEC_PANEL_COLUMNS_F32; c++) {
        for (int k = 0; k < inner; k++)
            panel[k * EDGEC_PANEL_COLUMNS_F32 + c] = c < count ? w[c * pitch + k] : 0.0f;
    }
}

// y[r, c] = clamp(bias[c] + sum over k of x[r, k] * panel[k, c]) for 1 to EDGEC_PANEL_ROWS_F32 rows and `count`
// columns. Rows of x have x_pitch elements, those of y y_pitch. The bias may be null. Of a longer inner axis this is a part:
// what the parts before it came to is in y, and the last adds the bias and clamps.
EDGEC_INLINE void edgec_rows_by_panel_f32(
        const float *restrict x, ptrdiff_t x_pitch, int rows, int inner, bool is_first, bool is_last, const float *restrict panel, int count,
        const float *restrict bias, float lo, float hi, float *restrict y, ptrdiff_t y_pitch) {
    enum { COLUMNS = EDGEC_PANEL_COLUMNS_F32 };
    // The last row stands in for those that are missing.
    const float *x0 = x, *x1 = rows > 1 ? x0 + x_pitch : x0;
    const float *x2 = rows > 2 ? x1 + x_pitch : x1, *x3 = rows > 3 ? x2 + x_pitch : x2;
    // One array a row: compilers keep these in registers, but not an array of rows.
    float sums0[COLUMNS] = {0}, sums1[COLUMNS] = {0}, sums2[COLUMNS] = {0}, sums3[COLUMNS] = {0};
    for (int k = 0; k < inner; k++) {
        for (int c = 0; c < COLUMNS; c++) {
            float w = panel[k * COLUMNS + c];
            sums0[c] += x0[k] * w;
            sums1[c] += x1[k] * w;
            sums2[c] += x2[k] * w;
            sums3[c] += x3[k] * w;
        }
    }

    float sums[EDGEC_PANEL_ROWS_F32][COLUMNS];
    for (int c = 0; c < COLUMNS; c++) {
        sums[0][c] = sums0[c];
        sums[1][c] = sums1[c];
        sums[2][c] = sums2[c];
        sums[3][c] = sums3[c];
    }

    for (int r = 0; r < rows; r++) {
        for (int c = 0; c < count; c++) {
            float sum = sums[r][c] + (is_first ? 0.0f : y[r * y_pitch + c]);
            y[r * y_pitch + c] = is_last ? edgec_clamp_f32(sum + (bias ? bias[c] : 0.0f), lo, hi) : sum;
        }
    }
}

#endif
