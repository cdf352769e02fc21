// Steps that run band by band: a few rows of an image at a time, of which memory holds only those that are still read.
#ifndef EDGEC_BAND_H
#define EDGEC_BAND_H

#include <stddef.h>
#include <string.h>

#include "edgec_platform.h"

// The rows [first, end) of an image; those before are gone, those from `end` on not computed yet.
typedef struct edgec_band {
    int first;
    int end;
} edgec_band;

// Rows of a step's result, and where their windows lie.
typedef struct edgec_part {
    int rows;
    ptrdiff_t at;    // rows of the result that lie before them in memory
    ptrdiff_t from;  // the first row that they read
    int height;      // rows that are there from it on
    int pad;         // rows of padding above it, negative if windows begin below it
} edgec_part;

EDGEC_INLINE int edgec_least(int a, int b) {
    return a < b ? a : b;
}

// How many rows of an image of that height, from its first, are read by the first `rows` rows of a result.
EDGEC_INLINE int edgec_rows_read(int rows, int stride, int pad, int extent, int height) {
    int end = (rows - 1) * stride - pad + extent;
    return end < 0 ? 0 : edgec_least(end, height);
}

// The rows of a result from its band's end to `end`, computed from an image whose rows up to `source` are there.
EDGEC_INLINE edgec_part edgec_next_part(edgec_band band, int end, int stride, int pad, int source) {
    // A window may lie below the image altogether.
    int top = band.end * stride - pad, from = top < 0 ? 0 : edgec_least(top, source);
    return (edgec_part){end - band.end, band.end - band.first, from, source - from, from - top};
}

// Lets go of the rows that the next row of a reader does not reach, and moves the others to the front.
EDGEC_INLINE void edgec_band_keep(edgec_band *band, void *rows, size_t bytes, int next, int stride, int pad) {
    int first = edgec_least(next * stride - pad, band->end);
    if (first <= band->first) return;
    if (band->end > first) memmove(rows, (char *)rows + (size_t)(first - band->first) * bytes, (size_t)(band->end - first) * bytes);
    band->first = first;
}

#endif
