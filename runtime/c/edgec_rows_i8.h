// Rows of 8-bit integers times rows of weights, the core of matrix products and convolutions.
#ifndef EDGEC_ROWS_I8_H
#define EDGEC_ROWS_I8_H

#include <stddef.h>

#include "edgec_finish.h"

enum {
    EDGEC_ROWS_I8 = 8,                       // rows taken at a time: they share weights in the nearest cache
    EDGEC_CENTERED_I8 = 18432,               // elements of the rows that are centered at a time
    EDGEC_INNER_I8 = EDGEC_CENTERED_I8 / 4,  // longest row of which at least four are
    EDGEC_WIDENED_I8 = 8192,                 // most weights that are widened for the whole of a kernel
};

// Rows of widened weights, and the values they meet, are filled up with zeros to whole vectors.
EDGEC_INLINE int edgec_padded_i8(int inner) {
    return (inner + 15) / 16 * 16;
}

// widened[c, k] = w[c, k], rows padded.
EDGEC_INLINE void edgec_widen_i8(const int8_t *restrict w, int columns, int inner, int16_t *restrict widened) {
    int pitch = edgec_padded_i8(inner);
    for (int c = 0; c < columns; c++) {
        for (int k = 0; k < inner; k++)
            widened[(ptrdiff_t)c * pitch + k] = w[(ptrdiff_t)c * inner + k];
        for (int k = inner; k < pitch; k++)
            widened[(ptrdiff_t)c * pitch + k] = 0;
    }
}

// centered[i] = x[i] - zero, which has 9 bits: compilers turn products of 16-bit integers into multiply-adds.
EDGEC_INLINE void edgec_center_i8(const int8_t *restrict x, int32_t zero, int length, int16_t *restrict centered) {
    for (int i = 0; i < length; i++)
        centered[i] = (int16_t)(x[i] - zero);
}

// The same for rows of `length` elements, which take `pitch`, one more at most; that is 0.
EDGEC_INLINE void edgec_center_rows_i8(
        const int8_t *restrict x, int32_t zero, int rows, int length, int pitch, int16_t *restrict centered) {
    if (pitch == length) {
        edgec_center_i8(x, zero, rows * length, centered);
        return;
    }

    for (int r = 0; r < rows; r++) {
        edgec_center_i8(x + (ptrdiff_t)r * length, zero, length, centered + (ptrdiff_t)r * pitch);
        centered[(ptrdiff_t)r * pitch + length] = 0;
    }
}

// Sum of (x - x_zero) * w.
EDGEC_INLINE int32_t edgec_dot_i8(const int8_t *restrict x, int32_t x_zero, const int8_t *restrict w, int length) {
    int32_t sum = 0;
    for (int i = 0; i < length; i++)
        sum += (int16_t)(x[i] - x_zero) * w[i];
    return sum;
}

// sums[r][c] = sum of x[r] * w[c] for four rows of centered values and two columns, whose loads are shared.
#define EDGEC_DEFINE_DOT4X2(name, weight)                                                                       \
    EDGEC_INLINE void name(const int16_t *const rows[4], const weight *restrict w0, const weight *restrict w1,  \
            int length, int32_t sums[4][2]) {                                                                   \
        const int16_t *restrict x0 = rows[0], *restrict x1 = rows[1];                                           \
        const int16_t *restrict x2 = rows[2], *restrict x3 = rows[3];                                           \
        int32_t s00 = 0, s01 = 0, s10 = 0, s11 = 0, s20 = 0, s21 = 0, s30 = 0, s31 = 0;                         \
        for (int i = 0; i < length; i++) {                                                                      \
            int16_t c0 = w0[i], c1 = w1[i];                                                                     \
            s00 += x0[i] * c0;                                                                                  \
            s01 += x0[i] * c1;                                                                                  \
            s10 += x1[i] * c0;                                                                                  \
            s11 += x1[i] * c1;                                                                                  \
            s20 += x2[i] * c0;                                                                                  \
            s21 += x2[i] * c1;                                                                                  \
            s30 += x3[i] * c0;                                                                                  \
            s31 += x3[i] * c1;                                                                                  \
        }                                                                                                       \
        sums[0][0] = s00;                                                                                       \
        sums[0][1] = s01;                                                                                       \
        sums[1][0] = s10;                                                                                       \
        sums[1][1] = s11;                                                                                       \
        sums[2][0] = s20;                                                                                       \
        sums[2][1] = s21;                                                                                       \
        sums[3][0] = s30;                                                                                       \
        sums[3][1] = s31;                                                                                       \
    }

EDGEC_DEFINE_DOT4X2(edgec_dot4x2_i8, int8_t)
EDGEC_DEFINE_DOT4X2(edgec_dot4x2_i16, int16_t)

// y[r, c] = finish(bias[c] + sum over k of x[r, k] * (w[c, k] - w_zero)), for at most EDGEC_ROWS_I8 rows of centered
// values. x is [rows, inner], w is [columns, inner], a row of y has y_pitch elements. The bias may be null. The weights
// are w, or widened where that is not null.
EDGEC_INLINE void edgec_rows_i8(
        const int16_t *restrict x, int rows, int inner, const int8_t *restrict w, const int16_t *restrict widened,
        int32_t w_zero, int columns, const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y,
        ptrdiff_t y_pitch) {
    // sum x * (w - w_zero) = sum x * w - w_zero * sum x
    int32_t corrections[EDGEC_ROWS_I8] = {0};
    if (w_zero != 0) {
        for (int r = 0; r < rows; r++) {
            for (int k = 0; k < inner; k++)
                corrections[r] += w_zero * x[(ptrdiff_t)r * inner + k];
        }
    }

    for (int c = 0; c < columns; c += 2) {
        // The last column stands in for one that is missing, and below the last row for those that are.
        int pair = c + 1 < columns ? 2 : 1;
        ptrdiff_t at = (ptrdiff_t)c * inner, next = at + (pair - 1) * inner;
        for (int first = 0; first < rows; first += 4) {
            int count = rows - first < 4 ? rows - first : 4;
            const int16_t *four[4];
            for (int i = 0; i < 4; i++)
                four[i] = x + (ptrdiff_t)(first + (i < count ? i : count - 1)) * inner;
            int32_t sums[4][2];
            if (widened)
                edgec_dot4x2_i16(four, widened + at, widened + next, inner, sums);
            else
                edgec_dot4x2_i8(four, w + at, w + next, inner, sums);
            for (int i = 0; i < count; i++) {
                for (int j = 0; j < pair; j++) {
                    int32_t sum = sums[i][j] - corrections[first + i] + (bias ? bias[c + j] : 0);
                    y[(first + i) * y_pitch + c + j] = edgec_finish(finish, sum, c + j);
                }
            }
        }
    }
}

#endif
