// Functions of single-precision numbers. They pass on what is not a number.
#ifndef EDGEC_FLOAT_H
#define EDGEC_FLOAT_H

#include <math.h>

#include "edgec_platform.h"

// ==== of two numbers ====

EDGEC_INLINE float edgec_maximum_f32(float a, float b) {
    return a > b || a != a ? a : b;
}

EDGEC_INLINE float edgec_minimum_f32(float a, float b) {
    return a < b || a != a ? a : b;
}

EDGEC_INLINE float edgec_clamp_f32(float x, float lo, float hi) {
    return x < lo ? lo : x > hi ? hi : x;
}

EDGEC_INLINE float edgec_prelu(float x, float slope) {
    return x >= 0.0f ? x : x * slope;
}

// ==== of one number and a table ====

// max(x, 0) less what stands at |x| between two entries, 1 / per_unit apart; nothing behind entry `last`.
EDGEC_INLINE float edgec_relu_delta_f32(float x, const float *entries, int last, float per_unit) {
    float position = fabsf(x) * per_unit, relu = edgec_maximum_f32(x, 0.0f);
    if (!(position < (float)last)) return relu;
    int at = (int)position;
    return relu - (entries[at] + (position - (float)at) * (entries[at + 1] - entries[at]));
}

// ==== of one number, with parameters alpha and beta ====

EDGEC_INLINE float edgec_sign(float x) {
    return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x;
}

EDGEC_INLINE float edgec_sigmoid(float x) {
    return 1.0f / (1.0f + expf(-x));
}

EDGEC_INLINE float edgec_leaky_relu(float x, float alpha) {
    return x >= 0.0f ? x : alpha * x;
}

EDGEC_INLINE float edgec_hard_sigmoid(float x, float alpha, float beta) {
    return edgec_clamp_f32(alpha * x + beta, 0.0f, 1.0f);
}

EDGEC_INLINE float edgec_hard_swish(float x) {
    return x * edgec_clamp_f32(x / 6.0f + 0.5f, 0.0f, 1.0f);
}

EDGEC_INLINE float edgec_swish(float x, float alpha) {
    return x * edgec_sigmoid(alpha * x);
}

EDGEC_INLINE float edgec_elu(float x, float alpha) {
    return x > 0.0f ? x : alpha * expm1f(x);
}

EDGEC_INLINE float edgec_selu(float x, float alpha, float beta) {
    return beta * edgec_elu(x, alpha);
}

EDGEC_INLINE float edgec_celu(float x, float alpha) {
    return x > 0.0f ? x : alpha * expm1f(x / alpha);
}

// log(1 + e^x), without overflow.
EDGEC_INLINE float edgec_softplus(float x) {
    return edgec_maximum_f32(x, 0.0f) + log1pf(expf(-fabsf(x)));
}

EDGEC_INLINE float edgec_softsign(float x) {
    return x / (1.0f + fabsf(x));
}

EDGEC_INLINE float edgec_mish(float x) {
    return x * tanhf(edgec_softplus(x));
}

// x times the normal distribution function; erfc keeps the digits of its left tail.
EDGEC_INLINE float edgec_gelu(float x) {
    return 0.5f * x * erfcf(-0.70710678f * x);
}

// x/2 (1 + tanh t) = x sigmoid(2t), which keeps the digits of the left tail; 2 sqrt(2/pi) = 1.5957691.
EDGEC_INLINE float edgec_gelu_tanh(float x) {
    return x * edgec_sigmoid(1.5957691f * (x + 0.044715f * x * x * x));
}

EDGEC_INLINE float edgec_thresholded_relu(float x, float alpha) {
    return x > alpha ? x : 0.0f;
}

EDGEC_INLINE float edgec_shrink(float x, float alpha, float beta) {
    return x < -alpha ? x + beta : x > alpha ? x - beta : 0.0f;
}

#endif
