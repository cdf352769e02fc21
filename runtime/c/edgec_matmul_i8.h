// Matrix products of 8-bit integers, exact until the finish.
#ifndef EDGEC_MATMUL_I8_H
#define EDGEC_MATMUL_I8_H

#include "edgec_matmul.h"
#include "edgec_rows_i8.h"

// One row times a right side whose columns are contiguous: [inner, columns].
EDGEC_INLINE void edgec_row_by_columns_i8(
        const int8_t *restrict left, int32_t left_zero, int inner, const int8_t *restrict right, int32_t right_zero,
        int columns, const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    enum { BLOCK = 64 };
    for (int first = 0; first < columns; first += BLOCK) {
        int count = columns - first < BLOCK ? columns - first : BLOCK;
        int32_t sums[BLOCK];
        for (int c = 0; c < count; c++)
            sums[c] = bias ? bias[first + c] : 0;
        for (int k = 0; k < inner; k++) {
            const int8_t *restrict row = right + (ptrdiff_t)k * columns + first;
            int32_t value = left[k] - left_zero;
            for (int c = 0; c < count; c++)
                sums[c] += value * (row[c] - right_zero);
        }

        for (int c = 0; c < count; c++)
            y[first + c] = edgec_finish(finish, sums[c], first + c);
    }
}

// y = finish(bias + sum (left - left_zero) * (right - right_zero)). The bias, one a column, may be null.
EDGEC_INLINE void edgec_matmul_i8(
        edgec_matmul g, const int8_t *restrict left, int32_t left_zero, const int8_t *restrict right,
        int32_t right_zero, const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    for (int b = 0; b < g.batch; b++) {
        const int8_t *l = left + (g.broadcast_left ? 0 : (ptrdiff_t)b * g.rows * g.inner);
        const int8_t *w = right + (g.broadcast_right ? 0 : (ptrdiff_t)b * g.inner * g.columns);
        int8_t *target = y + (ptrdiff_t)b * g.rows * g.columns;
        if (g.right_transposed) {
            for (int r = 0; r < g.rows; r += EDGEC_ROWS_I8) {
                int rows = g.rows - r < EDGEC_ROWS_I8 ? g.rows - r : EDGEC_ROWS_I8;
                edgec_rows_i8(l + (ptrdiff_t)r * g.inner, left_zero, rows, g.inner, w, right_zero, g.columns, bias,
                    finish, target + (ptrdiff_t)r * g.columns, g.columns);
            }
        } else {
            for (int r = 0; r < g.rows; r++) {
                edgec_row_by_columns_i8(l + (ptrdiff_t)r * g.inner, left_zero, g.inner, w, right_zero, g.columns, bias,
                    finish, target + (ptrdiff_t)r * g.columns);
            }
        }
    }
}

#endif
