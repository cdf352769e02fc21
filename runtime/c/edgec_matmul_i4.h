// Matrix products of 8-bit integers with weights of 4 bits, exact until the finish.
#ifndef EDGEC_MATMUL_I4_H
#define EDGEC_MATMUL_I4_H

#include <string.h>

#include "edgec_matmul.h"
#include "edgec_panel_i4.h"
#include "edgec_rows_i4.h"

// Rows times weights [columns, inner]: a panel of columns stays unpacked while all rows pass by, a few at a time.
EDGEC_INLINE void edgec_rows_by_unpacked_i4(
        const int8_t *restrict left, int32_t left_zero, int rows, int inner, edgec_weights_i4 w, int columns,
        const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    int pitch = edgec_padded_i8(inner);
    int most = EDGEC_CENTERED_I8 / pitch < EDGEC_ROWS_I8 ? 4 : EDGEC_ROWS_I8;
    int width = EDGEC_PANEL_I4 / pitch < columns ? EDGEC_PANEL_I4 / pitch : columns;
    int16_t panel[EDGEC_PANEL_I4], centered[EDGEC_CENTERED_I8];
    memset(centered, 0, (size_t)(most * pitch) * sizeof *centered);
    for (int c = 0; c < columns; c += width) {
        int count = columns - c < width ? columns - c : width;
        edgec_panel_i4(w, c, count, inner, panel);
        for (int r = 0; r < rows; r += most) {
            int taken = rows - r < most ? rows - r : most;
            for (int i = 0; i < taken; i++)
                edgec_center_i8(left + (ptrdiff_t)(r + i) * inner, left_zero, inner, centered + (ptrdiff_t)i * pitch);
            edgec_rows_i8(centered, taken, pitch, NULL, panel, 0, count, bias ? bias + c : NULL,
                edgec_finish_from(finish, c), y + (ptrdiff_t)r * columns + c, columns);
        }
    }
}

// y = finish(bias + sum (left - left_zero) * w), w [columns, inner]. The bias, one a column, may be null.
EDGEC_INLINE void edgec_matmul_i4(
        edgec_matmul g, const int8_t *restrict left, int32_t left_zero, edgec_weights_i4 w,
        const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    for (int b = 0; b < g.batch; b++) {
        const int8_t *l = left + (g.broadcast_left ? 0 : (ptrdiff_t)b * g.rows * g.inner);
        int8_t *target = y + (ptrdiff_t)b * g.rows * g.columns;
        if (g.rows > 2 && g.inner <= EDGEC_INNER_I8) {
            edgec_rows_by_unpacked_i4(l, left_zero, g.rows, g.inner, w, g.columns, bias, finish, target);
            continue;
        }

        for (int r = 0; r < g.rows; r++) {
            for (int c = 0; c < g.columns; c++) {
                int32_t sum = edgec_dot_i4(l + (ptrdiff_t)r * g.inner, left_zero, w, c, g.inner, 0, g.inner);
                target[(ptrdiff_t)r * g.columns + c] = edgec_finish(finish, sum + (bias ? bias[c] : 0), c);
            }
        }
    }
}

// The same for weights in panels, see edgec_panel_i4.h, and inner axes up to EDGEC_PANEL_INNER_I8.
EDGEC_INLINE void edgec_matmul_panels_i4(
        edgec_matmul g, const int8_t *restrict left, int32_t left_zero, edgec_weights_i4 panels,
        const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    int rows = g.batch * g.rows, pitch = g.inner + g.inner % 2, most = edgec_panel_block_i8(pitch);
    int16_t centered[EDGEC_PANEL_CENTERED_I8];
    for (int first = 0; first < rows; first += most) {
        int count = rows - first < most ? rows - first : most;
        edgec_center_rows_i8(left + (ptrdiff_t)first * g.inner, left_zero, count, g.inner, pitch, centered);
        edgec_rows_by_panels_i4(centered, count, g.inner, panels, g.columns, bias, finish, y + (ptrdiff_t)first * g.columns);
    }
}

#endif
