// Samples images of 16-bit integers, whose zero point is 0, between their elements.
#ifndef EDGEC_RESAMPLE_I16_H
#define EDGEC_RESAMPLE_I16_H

#include "edgec_i16.h"
#include "edgec_resample.h"

enum { EDGEC_BLOCK_RESAMPLE_I16 = 64 };  // sums that stand side by side

// The weighted sum of x over both axes, exact, finished once.
EDGEC_INLINE void edgec_resample_i16(
        edgec_resample g, const int16_t *restrict x, const int16_t *restrict row_weights,
        const int16_t *restrict column_weights, edgec_requantizer finish, int16_t *restrict y) {
    for (int line = 0; line < g.outer * g.out_height; line++) {
        const int16_t *restrict rows = row_weights + (ptrdiff_t)(line % g.out_height) * g.row_taps;
        for (int ox = 0; ox < g.out_width; ox++) {
            const int16_t *restrict columns = column_weights + (ptrdiff_t)ox * g.column_taps;
            ptrdiff_t from = edgec_resample_offset(g, line, ox), to = ((ptrdiff_t)line * g.out_width + ox) * g.inner;
            for (int first = 0; first < g.inner; first += EDGEC_BLOCK_RESAMPLE_I16) {
                int count = g.inner - first < EDGEC_BLOCK_RESAMPLE_I16 ? g.inner - first : EDGEC_BLOCK_RESAMPLE_I16;
                int16_t *restrict target = y + to + first;
                int64_t sums[EDGEC_BLOCK_RESAMPLE_I16];
                for (int c = 0; c < count; c++)
                    sums[c] = 0;
                for (int i = 0; i < g.row_taps; i++) {
                    for (int j = 0; j < g.column_taps; j++) {
                        const int16_t *restrict source = x + from + ((ptrdiff_t)i * g.width + j) * g.inner + first;
                        int32_t weight = rows[i] * columns[j];
                        for (int c = 0; c < count; c++)
                            sums[c] += (int64_t)weight * source[c];
                    }
                }

                for (int c = 0; c < count; c++)
                    target[c] = edgec_finish_i16(finish, sums[c], 0);
            }
        }
    }
}

#endif
