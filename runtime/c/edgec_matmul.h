// Geometry of matrix products: y[b, r, c] = sum over k of left[b, r, k] * right[b, c, k].
#ifndef EDGEC_MATMUL_H
#define EDGEC_MATMUL_H

#include <stdbool.h>

// Left is [batch, rows, inner], y is [batch, rows, columns].
typedef struct edgec_matmul {
    int batch;
    int rows;
    int inner;
    int columns;
    bool right_transposed;  // right is [batch, columns, inner], as weights are; otherwise [batch, inner, columns]
    bool broadcast_left;    // one left side for every batch
    bool broadcast_right;   // one right side for every batch
} edgec_matmul;

#endif
