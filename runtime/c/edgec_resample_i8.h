// Samples images of 8-bit integers between their elements.
#ifndef EDGEC_RESAMPLE_I8_H
#define EDGEC_RESAMPLE_I8_H

#include "edgec_finish.h"
#include "edgec_resample.h"

enum { EDGEC_BLOCK_RESAMPLE_I8 = 64 };  // sums that stand side by side

// The weighted sum of (x - zero) over both axes, exact, finished once.
EDGEC_INLINE void edgec_resample_i8(
        edgec_resample g, const int8_t *restrict x, int32_t zero, const int16_t *restrict row_weights,
        const int16_t *restrict column_weights, edgec_requantizer finish, int8_t *restrict y) {
    for (int line = 0; line < g.outer * g.out_height; line++) {
        const int16_t *restrict rows = row_weights + (ptrdiff_t)(line % g.out_height) * g.row_taps;
        for (int ox = 0; ox < g.out_width; ox++) {
            const int16_t *restrict columns = column_weights + (ptrdiff_t)ox * g.column_taps;
            ptrdiff_t from = edgec_resample_offset(g, line, ox), to = ((ptrdiff_t)line * g.out_width + ox) * g.inner;
            for (int first = 0; first < g.inner; first += EDGEC_BLOCK_RESAMPLE_I8) {
                int count = g.inner - first < EDGEC_BLOCK_RESAMPLE_I8 ? g.inner - first : EDGEC_BLOCK_RESAMPLE_I8;
                int8_t *restrict target = y + to + first;
                int32_t sums[EDGEC_BLOCK_RESAMPLE_I8];
                for (int c = 0; c < count; c++)
                    sums[c] = 0;
                for (int i = 0; i < g.row_taps; i++) {
                    for (int j = 0; j < g.column_taps; j++) {
                        const int8_t *restrict source = x + from + ((ptrdiff_t)i * g.width + j) * g.inner + first;
                        int32_t weight = rows[i] * columns[j];
                        for (int c = 0; c < count; c++)
                            sums[c] += weight * (source[c] - zero);
                    }
                }

                for (int c = 0; c < count; c++)
                    target[c] = edgec_finish(finish, sums[c], 0);
            }
        }
    }
}

#endif
