// Samples images of floats between their elements.
#ifndef EDGEC_RESAMPLE_F32_H
#define EDGEC_RESAMPLE_F32_H

#include "edgec_resample.h"

enum { EDGEC_BLOCK_RESAMPLE_F32 = 64 };  // sums that stand side by side

// The weighted sum of x over both axes, in the order of the taps.
EDGEC_INLINE void edgec_resample_f32(
        edgec_resample g, const float *restrict x, const float *restrict row_weights,
        const float *restrict column_weights, float *restrict y) {
    for (int line = 0; line < g.outer * g.out_height; line++) {
        const float *restrict rows = row_weights + (ptrdiff_t)(line % g.out_height) * g.row_taps;
        for (int ox = 0; ox < g.out_width; ox++) {
            const float *restrict columns = column_weights + (ptrdiff_t)ox * g.column_taps;
            ptrdiff_t from = edgec_resample_offset(g, line, ox), to = ((ptrdiff_t)line * g.out_width + ox) * g.inner;
            for (int first = 0; first < g.inner; first += EDGEC_BLOCK_RESAMPLE_F32) {
                int count = g.inner - first < EDGEC_BLOCK_RESAMPLE_F32 ? g.inner - first : EDGEC_BLOCK_RESAMPLE_F32;
                float *restrict target = y + to + first;
                for (int c = 0; c < count; c++)
                    target[c] = 0;
                for (int i = 0; i < g.row_taps; i++) {
                    for (int j = 0; j < g.column_taps; j++) {
                        const float *restrict source = x + from + ((ptrdiff_t)i * g.width + j) * g.inner + first;
                        float weight = rows[i] * columns[j];
                        for (int c = 0; c < count; c++)
                            target[c] += weight * source[c];
                    }
                }

            }
        }
    }
}

#endif
