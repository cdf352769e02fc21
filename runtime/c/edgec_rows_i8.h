// Rows of 8-bit integers times rows of weights, the core of matrix products and convolutions.
#ifndef EDGEC_ROWS_I8_H
#define EDGEC_ROWS_I8_H

#include <stddef.h>

#include "edgec_finish.h"

// Rows taken at a time: the weights of four columns, once in the nearest cache, serve this many.
enum { EDGEC_ROWS_I8 = 8 };

// Sum of x - zero.
EDGEC_INLINE int32_t edgec_total_i8(const int8_t *restrict x, int32_t zero, int length) {
    int32_t sum = 0;
    for (int i = 0; i < length; i++)
        sum += x[i] - zero;
    return sum;
}

// Sum of (x - x_zero) * w. The difference is held in 16 bits, which compilers turn into 16-bit multiply-adds.
EDGEC_INLINE int32_t edgec_dot_i8(const int8_t *restrict x, int32_t x_zero, const int8_t *restrict w, int length) {
    int32_t sum = 0;
    for (int i = 0; i < length; i++)
        sum += (int16_t)(x[i] - x_zero) * w[i];
    return sum;
}

// Four sums with neighbouring columns of weights; they share the loads of x.
EDGEC_INLINE void edgec_dot4_i8(
        const int8_t *restrict x, int32_t x_zero, const int8_t *restrict w, int length, int32_t *restrict sums) {
    const int8_t *w1 = w + length, *w2 = w1 + length, *w3 = w2 + length;
    int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    for (int i = 0; i < length; i++) {
        int16_t centered = (int16_t)(x[i] - x_zero);
        s0 += centered * w[i];
        s1 += centered * w1[i];
        s2 += centered * w2[i];
        s3 += centered * w3[i];
    }

    sums[0] = s0;
    sums[1] = s1;
    sums[2] = s2;
    sums[3] = s3;
}

// y[r, c] = finish(bias[c] + sum over k of (x[r, k] - x_zero) * (w[c, k] - w_zero)), for at most EDGEC_ROWS_I8 rows.
// x is [rows, inner], w is [columns, inner], a row of y has y_pitch elements. The bias may be null.
EDGEC_INLINE void edgec_rows_i8(
        const int8_t *restrict x, int32_t x_zero, int rows, int inner, const int8_t *restrict w, int32_t w_zero,
        int columns, const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y, ptrdiff_t y_pitch) {
    // sum (x - x_zero) * (w - w_zero) = sum (x - x_zero) * w - w_zero * sum (x - x_zero)
    int32_t corrections[EDGEC_ROWS_I8] = {0};
    if (w_zero != 0) {
        for (int r = 0; r < rows; r++)
            corrections[r] = w_zero * edgec_total_i8(x + (ptrdiff_t)r * inner, x_zero, inner);
    }

    int c = 0;
    for (; c + 4 <= columns; c += 4) {
        for (int r = 0; r < rows; r++) {
            int32_t sums[4];
            edgec_dot4_i8(x + (ptrdiff_t)r * inner, x_zero, w + (ptrdiff_t)c * inner, inner, sums);
            for (int i = 0; i < 4; i++) {
                int32_t sum = sums[i] - corrections[r] + (bias ? bias[c + i] : 0);
                y[r * y_pitch + c + i] = edgec_finish(finish, sum, c + i);
            }
        }
    }

    for (; c < columns; c++) {
        for (int r = 0; r < rows; r++) {
            int32_t sum = edgec_dot_i8(x + (ptrdiff_t)r * inner, x_zero, w + (ptrdiff_t)c * inner, inner);
            y[r * y_pitch + c] = edgec_finish(finish, sum - corrections[r] + (bias ? bias[c] : 0), c);
        }
    }
}

#endif
