// Normalizes single-precision numbers along the middle axis of [outer, length, inner].
#ifndef EDGEC_ROW_NORM_F32_H
#define EDGEC_ROW_NORM_F32_H

#include <stdbool.h>
#include <stddef.h>

#include "edgec_axis.h"
#include "edgec_rows_f32.h"

// Where row 0 <= row < outer * inner starts.
EDGEC_INLINE ptrdiff_t edgec_row_offset(edgec_axis g, int row) {
    return (ptrdiff_t)(row / g.inner) * g.length * g.inner + row % g.inner;
}

// Softmax, or its logarithm, of one row whose elements lie side by side.
EDGEC_INLINE void edgec_softmax_row_f32(const float *restrict x, int length, bool logarithm, float *restrict y) {
    float lanes[EDGEC_LANES_F32];
    for (int lane = 0; lane < EDGEC_LANES_F32; lane++)
        lanes[lane] = -INFINITY;
    int first = 0;
    for (; first + EDGEC_LANES_F32 <= length; first += EDGEC_LANES_F32) {
        for (int lane = 0; lane < EDGEC_LANES_F32; lane++)
            lanes[lane] = edgec_maximum_f32(lanes[lane], x[first + lane]);
    }
    for (int lane = 0; lane < length - first; lane++)
        lanes[lane] = edgec_maximum_f32(lanes[lane], x[first + lane]);
    float highest = -INFINITY;
    for (int lane = 0; lane < EDGEC_LANES_F32; lane++)
        highest = edgec_maximum_f32(highest, lanes[lane]);

    for (int i = 0; i < length; i++)
        y[i] = edgec_exp(x[i] - highest);
    float sum = edgec_total_f32(y, length), log_sum = logf(sum), factor = 1.0f / sum;
    for (int i = 0; i < length; i++)
        y[i] = logarithm ? x[i] - highest - log_sum : y[i] * factor;
}

// e^(x - highest) over its sum, or the logarithm of that. `running` finds maximum and sum in one pass: a greater number
// rescales the sum so far.
EDGEC_INLINE void edgec_softmax_f32(
        edgec_axis g, const float *restrict x, bool logarithm, bool running, float *restrict y) {
    for (int row = 0; row < g.outer * g.inner; row++) {
        const float *restrict source = x + edgec_row_offset(g, row);
        float *restrict target = y + edgec_row_offset(g, row);
        if (g.inner == 1 && !running) {
            edgec_softmax_row_f32(source, g.length, logarithm, target);
            continue;
        }

        float highest = -INFINITY, sum = 0.0f;
        for (int i = 0; i < g.length && !running; i++)
            highest = edgec_maximum_f32(highest, source[(ptrdiff_t)i * g.inner]);
        for (int i = 0; i < g.length && running; i++) {
            float value = source[(ptrdiff_t)i * g.inner];
            if (value == -INFINITY) continue;  // adds nothing, and has no distance to another
            sum = value > highest ? sum * edgec_exp(highest - value) + 1.0f : sum + edgec_exp(value - highest);
            highest = edgec_maximum_f32(highest, value);
        }

        for (int i = 0; i < g.length; i++) {
            float distance = source[(ptrdiff_t)i * g.inner] - highest, exponential = edgec_exp(distance);
            target[(ptrdiff_t)i * g.inner] = logarithm ? distance : exponential;
            sum += running ? 0.0f : exponential;
        }

        float log_sum = logf(sum);
        for (int i = 0; i < g.length; i++) {
            float value = target[(ptrdiff_t)i * g.inner];
            target[(ptrdiff_t)i * g.inner] = logarithm ? value - log_sum : value / sum;
        }
    }
}

#endif
