// Rows of single-precision numbers times rows of weights, the core of matrix products and convolutions.
#ifndef EDGEC_ROWS_F32_H
#define EDGEC_ROWS_F32_H

#include <stddef.h>

#include "edgec_float.h"

enum {
    EDGEC_ROWS_F32 = 8,    // rows taken at a time: weights, once in the nearest cache, serve this many
    EDGEC_LANES_F32 = 16,  // partial sums of one product: compilers may not split a sum of floats themselves
};

// The sum of all lanes, in pairs, which takes fewer dependent additions than one after the other.
EDGEC_INLINE float edgec_total_lanes_f32(float *restrict lanes) {
    for (int lane = 0; lane < 8; lane++)
        lanes[lane] += lanes[lane + 8];
    for (int lane = 0; lane < 4; lane++)
        lanes[lane] += lanes[lane + 4];
    return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
}

// Few elements are not worth the lanes.
EDGEC_INLINE float edgec_total_f32(const float *restrict x, int length) {
    if (length < EDGEC_LANES_F32 / 2) {
        float sum = 0.0f;
        for (int i = 0; i < length; i++)
            sum += x[i];
        return sum;
    }

    float lanes[EDGEC_LANES_F32] = {0};
    int i = 0;
    for (; i + EDGEC_LANES_F32 <= length; i += EDGEC_LANES_F32) {
        for (int lane = 0; lane < EDGEC_LANES_F32; lane++)
            lanes[lane] += x[i + lane];
    }

    for (int lane = 0; lane < length - i; lane++)
        lanes[lane] += x[i + lane];
    return edgec_total_lanes_f32(lanes);
}

// Sum of (x - mean)^2.
EDGEC_INLINE float edgec_squares_f32(const float *restrict x, float mean, int length) {
    if (length < EDGEC_LANES_F32 / 2) {
        float sum = 0.0f;
        for (int i = 0; i < length; i++)
            sum += (x[i] - mean) * (x[i] - mean);
        return sum;
    }

    float lanes[EDGEC_LANES_F32] = {0};
    int i = 0;
    for (; i + EDGEC_LANES_F32 <= length; i += EDGEC_LANES_F32) {
        for (int lane = 0; lane < EDGEC_LANES_F32; lane++)
            lanes[lane] += (x[i + lane] - mean) * (x[i + lane] - mean);
    }

    for (int lane = 0; lane < length - i; lane++)
        lanes[lane] += (x[i + lane] - mean) * (x[i + lane] - mean);
    return edgec_total_lanes_f32(lanes);
}

EDGEC_INLINE float edgec_dot_f32(const float *restrict x, const float *restrict w, int length) {
    float lanes[EDGEC_LANES_F32] = {0};
    int i = 0;
    for (; i + EDGEC_LANES_F32 <= length; i += EDGEC_LANES_F32) {
        for (int lane = 0; lane < EDGEC_LANES_F32; lane++)
            lanes[lane] += x[i + lane] * w[i + lane];
    }

    for (int lane = 0; lane < length - i; lane++)
        lanes[lane] += x[i + lane] * w[i + lane];
    return edgec_total_lanes_f32(lanes);
}

// Four products with neighbouring columns of weights; they share the loads of x.
EDGEC_INLINE void edgec_dot4_f32(
        const float *restrict x, const float *restrict w, int length, float *restrict sums) {
    const float *w1 = w + length, *w2 = w1 + length, *w3 = w2 + length;
    float lanes0[EDGEC_LANES_F32] = {0}, lanes1[EDGEC_LANES_F32] = {0};
    float lanes2[EDGEC_LANES_F32] = {0}, lanes3[EDGEC_LANES_F32] = {0};
    int i = 0;
    for (; i + EDGEC_LANES_F32 <= length; i += EDGEC_LANES_F32) {
        for (int lane = 0; lane < EDGEC_LANES_F32; lane++) {
            float value = x[i + lane];
            lanes0[lane] += value * w[i + lane];
            lanes1[lane] += value * w1[i + lane];
            lanes2[lane] += value * w2[i + lane];
            lanes3[lane] += value * w3[i + lane];
        }
    }

    for (int lane = 0; lane < length - i; lane++) {
        float value = x[i + lane];
        lanes0[lane] += value * w[i + lane];
        lanes1[lane] += value * w1[i + lane];
        lanes2[lane] += value * w2[i + lane];
        lanes3[lane] += value * w3[i + lane];
    }

    sums[0] = edgec_total_lanes_f32(lanes0);
    sums[1] = edgec_total_lanes_f32(lanes1);
    sums[2] = edgec_total_lanes_f32(lanes2);
    sums[3] = edgec_total_lanes_f32(lanes3);
}

// y[r, c] = clamp(bias[c] + sum over k of x[r, k] * w[c, k]). x is [rows, inner], w is [columns, inner], a row of y has
// y_pitch elements. The bias may be null.
EDGEC_INLINE void edgec_rows_f32(
        const float *restrict x, int rows, int inner, const float *restrict w, int columns, const float *restrict bias,
        float lo, float hi, float *restrict y, ptrdiff_t y_pitch) {
    int c = 0;
    for (; c + 4 <= columns; c += 4) {
        for (int r = 0; r < rows; r++) {
            float sums[4];
            edgec_dot4_f32(x + (ptrdiff_t)r * inner, w + (ptrdiff_t)c * inner, inner, sums);
            for (int i = 0; i < 4; i++)
                y[r * y_pitch + c + i] = edgec_clamp_f32(sums[i] + (bias ? bias[c + i] : 0.0f), lo, hi);
        }
    }

    for (; c < columns; c++) {
        for (int r = 0; r < rows; r++) {
            float sum = edgec_dot_f32(x + (ptrdiff_t)r * inner, w + (ptrdiff_t)c * inner, inner);
            y[r * y_pitch + c] = edgec_clamp_f32(sum + (bias ? bias[c] : 0.0f), lo, hi);
        }
    }
}

#endif
