// Matrix products of 8-bit integers, exact until the finish.
#ifndef EDGEC_MATMUL_I8_H
#define EDGEC_MATMUL_I8_H

#include <string.h>

#include "edgec_matmul.h"
#include "edgec_panel_i8.h"
#include "edgec_rows_i8.h"

// sums[c] += sum of (left - left_zero) * (right - right_zero) over `count` columns from `first`, contiguous: right is [inner, columns].
EDGEC_INLINE void edgec_sum_columns_i8(
        const int8_t *restrict left, int32_t left_zero, int inner, const int8_t *restrict right, int32_t right_zero,
        int columns, int first, int count, int32_t *restrict sums) {
    for (int k = 0; k < inner; k++) {
        const int8_t *restrict row = right + (ptrdiff_t)k * columns + first;
        int32_t value = left[k] - left_zero;
        for (int c = 0; c < count; c++)
            sums[c] += value * (row[c] - right_zero);
    }
}

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
        edgec_sum_columns_i8(left, left_zero, inner, right, right_zero, columns, first, count, sums);
        for (int c = 0; c < count; c++)
            y[first + c] = edgec_finish(finish, sums[c], first + c);
    }
}

// One row times a right side whose rows are contiguous, as weights are: [columns, inner]. Four columns at a time share
// the loads of the row.
EDGEC_INLINE void edgec_row_by_rows_i8(
        const int8_t *restrict left, int32_t left_zero, int inner, const int8_t *restrict right, int32_t right_zero,
        int columns, const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    int32_t correction = 0;
    if (right_zero != 0) {
        for (int k = 0; k < inner; k++)
            correction += right_zero * (left[k] - left_zero);
    }

    int c = 0;
    for (; c + 4 <= columns; c += 4) {
        const int8_t *restrict w0 = right + (ptrdiff_t)c * inner, *restrict w1 = w0 + inner;
        const int8_t *restrict w2 = w1 + inner, *restrict w3 = w2 + inner;
        int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        for (int k = 0; k < inner; k++) {
            int16_t centered = (int16_t)(left[k] - left_zero);
            s0 += centered * w0[k];
            s1 += centered * w1[k];
            s2 += centered * w2[k];
            s3 += centered * w3[k];
        }

        const int32_t sums[4] = {s0, s1, s2, s3};
        for (int i = 0; i < 4; i++)
            y[c + i] = edgec_finish(finish, sums[i] - correction + (bias ? bias[c + i] : 0), c + i);
    }

    for (; c < columns; c++) {
        int32_t sum = edgec_dot_i8(left, left_zero, right + (ptrdiff_t)c * inner, inner);
        y[c] = edgec_finish(finish, sum - correction + (bias ? bias[c] : 0), c);
    }
}

// Rows times a right side of [columns, inner], a few rows at a time.
EDGEC_INLINE void edgec_rows_by_rows_i8(
        const int8_t *restrict left, int32_t left_zero, int rows, int inner, const int8_t *restrict right,
        int32_t right_zero, int columns, const int32_t *restrict bias, edgec_requantizer finish,
        int8_t *restrict y) {
    int padded = edgec_padded_i8(inner);
    bool widen = padded != inner && columns * padded <= EDGEC_WIDENED_I8 && rows >= 2 * EDGEC_ROWS_I8;
    int pitch = widen ? padded : inner;
    int most = EDGEC_CENTERED_I8 / pitch < EDGEC_ROWS_I8 ? 4 : EDGEC_ROWS_I8;
    int16_t widened[EDGEC_WIDENED_I8], centered[EDGEC_CENTERED_I8];
    if (widen) {
        edgec_widen_i8(right, columns, inner, widened);
        memset(centered, 0, (size_t)(most * pitch) * sizeof *centered);
    }

    for (int first = 0; first < rows; first += most) {
        int count = rows - first < most ? rows - first : most;
        for (int i = 0; i < count; i++)
            edgec_center_i8(left + (ptrdiff_t)(first + i) * inner, left_zero, inner, centered + (ptrdiff_t)i * pitch);
        edgec_rows_i8(centered, count, pitch, right, widen ? widened : NULL, right_zero, columns, bias, finish,
            y + (ptrdiff_t)first * columns, columns);
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
        if (g.right_transposed && g.rows > 2 && g.inner <= EDGEC_INNER_I8) {
            edgec_rows_by_rows_i8(l, left_zero, g.rows, g.inner, w, right_zero, g.columns, bias, finish, target);
            continue;
        }

        for (int r = 0; r < g.rows; r++) {
            const int8_t *row = l + (ptrdiff_t)r * g.inner;
            int8_t *y_row = target + (ptrdiff_t)r * g.columns;
            if (g.right_transposed)
                edgec_row_by_rows_i8(row, left_zero, g.inner, w, right_zero, g.columns, bias, finish, y_row);
            else
                edgec_row_by_columns_i8(row, left_zero, g.inner, w, right_zero, g.columns, bias, finish, y_row);
        }
    }
}

// The same for constant weights in panels, see edgec_panel_i8.h, and inner axes up to EDGEC_PANEL_INNER_I8.
EDGEC_INLINE void edgec_matmul_panels_i8(
        edgec_matmul g, const int8_t *restrict left, int32_t left_zero, const int8_t *restrict panels,
        const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    int rows = g.batch * g.rows, pairs = (g.inner + 1) / 2, pitch = 2 * pairs, most = edgec_panel_block_i8(pitch);
    int16_t centered[EDGEC_PANEL_CENTERED_I8];
    for (int first = 0; first < rows; first += most) {
        int count = rows - first < most ? rows - first : most;
        edgec_center_rows_i8(left + (ptrdiff_t)first * g.inner, left_zero, count, g.inner, pitch, centered);
        edgec_rows_by_panels_i8(centered, count, pairs, panels, g.columns, bias, finish, y + (ptrdiff_t)first * g.columns);
    }
}

#endif
