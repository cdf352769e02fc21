// Geometry of sampling [outer, height, width, inner] between its elements.
#ifndef EDGEC_RESAMPLE_H
#define EDGEC_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "edgec_platform.h"

// Each output row is a weighted sum of `row_taps` input rows, each output column one of `column_taps` input columns.
typedef struct edgec_resample {
    int outer;
    int height;
    int width;
    int inner;
    int out_height;
    int out_width;
    int row_taps;
    int column_taps;
    const int32_t *row_starts;     // the first input row of each output row
    const int32_t *column_starts;  // the first input column of each output column
} edgec_resample;

// Where the first element lies that output column `ox` of output row `line` of all reads.
EDGEC_INLINE ptrdiff_t edgec_resample_offset(edgec_resample g, int line, int ox) {
    ptrdiff_t row = (ptrdiff_t)(line / g.out_height) * g.height + g.row_starts[line % g.out_height];
    return (row * g.width + g.column_starts[ox]) * g.inner;
}

#endif
