// Functions of single-precision numbers. They pass on what is not a number.
#ifndef EDGEC_FLOAT_H
#define EDGEC_FLOAT_H

#include <math.h>
#include <stdint.h>
#include <string.h>

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

// ==== exponentials, which compilers turn into vectors as they do not the library's ====

// 2^n for -126 <= n <= 127.
EDGEC_INLINE float edgec_power_of_two(int32_t n) {
    uint32_t bits = (uint32_t)(n + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return power;
}

// e^x = 2^n e^r, |r| <= log(2) / 2, e^r by a polynomial: within 1e-7 of it, relative.
EDGEC_INLINE float edgec_exp(float x) {
    float limited = x > 89.0f ? 89.0f : x < -104.0f ? -104.0f : x;
    // Added to 1.5 * 2^23 a number loses its fraction, and the lowest bits are n.
    float shifted = limited * 1.44269504f + 12582912.0f, n = shifted - 12582912.0f;
    float r = (limited - n * 0.693145752f) - n * 1.42860677e-6f;
    float p = 0.00139261977f;
    p = p * r + 0.00836319033f;
    p = p * r + 0.0416665545f;
    p = p * r + 0.166665769f;
    p = p * r + 0.5f;
    p = p * (r * r) + r + 1.0f;
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    int32_t power = (int32_t)(bits - 0x4B400000U), half = power >> 1;
    return p * edgec_power_of_two(half) * edgec_power_of_two(power - half);
}

// The normal distribution's share above |x|: e^(-x^2/2) times a polynomial in 1 / (1 + 0.35 |x|), whose relative error is
// 4e-8 up to 14; beyond, the share is less than the smallest normal number.
EDGEC_INLINE float edgec_normal_tail(float x) {
    float t = 1.0f / (1.0f + 0.35f * fabsf(x));
    float p = -0.029679522f;
    p = p * t + 0.14654583f;
    p = p * t - 0.260961228f;
    p = p * t + 0.165050996f;
    p = p * t - 0.0270466083f;
    p = p * t + 0.107114588f;
    p = p * t + 0.119444917f;
    p = p * t + 0.139912298f;
    p = p * t + 0.139618713f;
    return p * t * edgec_exp(-0.5f * x * x);
}

// ==== of one number, with parameters alpha and beta ====

EDGEC_INLINE float edgec_sign(float x) {
    return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x;
}

EDGEC_INLINE float edgec_sigmoid(float x) {
    return 1.0f / (1.0f + edgec_exp(-x));
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

// x times the normal distribution function, whose left tail keeps its digits.
EDGEC_INLINE float edgec_gelu(float x) {
    float tail = edgec_normal_tail(x);
    return x * (x > 0.0f ? 1.0f - tail : tail);
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
