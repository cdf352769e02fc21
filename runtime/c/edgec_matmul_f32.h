// Matrix products in single precision.
#ifndef EDGEC_MATMUL_F32_H
#define EDGEC_MATMUL_F32_H

#include "edgec_matmul.h"
#include "edgec_panel_f32.h"
#include "edgec_rows_f32.h"

// One row times a right side whose columns are contiguous: [inner, columns].
EDGEC_INLINE void edgec_row_by_columns_f32(
        const float *restrict left, int inner, const float *restrict right, int columns, const float *restrict bias,
        float lo, float hi, float *restrict y) {
    for (int c = 0; c < columns; c++)
        y[c] = bias ? bias[c] : 0.0f;
    for (int k = 0; k < inner; k++) {
        const float *restrict row = right + (ptrdiff_t)k * columns;
        for (int c = 0; c < columns; c++)
            y[c] += left[k] * row[c];
    }

    for (int c = 0; c < columns; c++)
        y[c] = edgec_clamp_f32(y[c], lo, hi);
}

// Many rows times a right side of [columns, inner].
EDGEC_INLINE void edgec_rows_by_panels_f32(
        const float *restrict left, int rows, int inner, const float *restrict right, int columns,
        const float *restrict bias, float lo, float hi, float *restrict y) {
    float panel[EDGEC_PANEL_INNER_F32 * EDGEC_PANEL_COLUMNS_F32];
    for (int first = 0; first < columns; first += EDGEC_PANEL_COLUMNS_F32) {
        int count = columns - first < EDGEC_PANEL_COLUMNS_F32 ? columns - first : EDGEC_PANEL_COLUMNS_F32;
        for (int from = 0; from < inner; from += EDGEC_PANEL_INNER_F32) {
            int length = inner - from < EDGEC_PANEL_INNER_F32 ? inner - from : EDGEC_PANEL_INNER_F32;
            edgec_panel_f32(right + (ptrdiff_t)first * inner + from, inner, length, count, panel);
            for (int r = 0; r < rows; r += EDGEC_PANEL_ROWS_F32) {
                edgec_rows_by_panel_f32(left + (ptrdiff_t)r * inner + from, inner,
                    rows - r < EDGEC_PANEL_ROWS_F32 ? rows - r : EDGEC_PANEL_ROWS_F32, length, from == 0, from + length == inner,
                    panel, count, bias ? bias + first : NULL, lo, hi, y + (ptrdiff_t)r * columns + first, columns);
            }
        }
    }
}

// y = clamp(bias + sum left * right). The bias, one a column, may be null.
EDGEC_INLINE void edgec_matmul_f32(
        edgec_matmul g, const float *restrict left, const float *restrict right, const float *restrict bias, float lo,
        float hi, float *restrict y) {
    for (int b = 0; b < g.batch; b++) {
        const float *l = left + (g.broadcast_left ? 0 : (ptrdiff_t)b * g.rows * g.inner);
        const float *w = right + (g.broadcast_right ? 0 : (ptrdiff_t)b * g.inner * g.columns);
        float *target = y + (ptrdiff_t)b * g.rows * g.columns;
        // The turning of a long panel pays for many rows only.
        if (g.right_transposed && g.inner > 0 && g.rows >= (g.inner <= EDGEC_PANEL_INNER_F32 ? 16 : 64)) {
            edgec_rows_by_panels_f32(l, g.rows, g.inner, w, g.columns, bias, lo, hi, target);
        } else if (g.right_transposed) {
            for (int r = 0; r < g.rows; r += EDGEC_ROWS_F32) {
                int rows = g.rows - r < EDGEC_ROWS_F32 ? g.rows - r : EDGEC_ROWS_F32;
                edgec_rows_f32(l + (ptrdiff_t)r * g.inner, rows, g.inner, w, g.columns, bias, lo, hi,
                    target + (ptrdiff_t)r * g.columns, g.columns);
            }
        } else {
            for (int r = 0; r < g.rows; r++) {
                edgec_row_by_columns_f32(l + (ptrdiff_t)r * g.inner, g.inner, w, g.columns, bias, lo, hi,
                    target + (ptrdiff_t)r * g.columns);
            }
        }
    }
}

#endif
