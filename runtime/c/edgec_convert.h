// Between real numbers and integers of 8 or 16 bits: real = scale * (q - zero). Valid C++ too, since applications include it.
#ifndef EDGEC_CONVERT_H
#define EDGEC_CONVERT_H

#include <math.h>
#include <stdint.h>

// round(x / scale) + zero, ties to even (in the default rounding mode), saturated; what is no number becomes the zero
// point, real 0.
static inline int8_t edgec_quantize(float x, float scale, int zero) {
    float value = rintf(x / scale) + (float)zero;
    if (value != value)
        return (int8_t)zero;
    return (int8_t)(value <= -128.0f ? -128.0f : value >= 127.0f ? 127.0f : value);
}

// The same to 16 bits.
static inline int16_t edgec_quantize_i16(float x, float scale, int zero) {
    float value = rintf(x / scale) + (float)zero;
    if (value != value)
        return (int16_t)zero;
    return (int16_t)(value <= -32768.0f ? -32768.0f : value >= 32767.0f ? 32767.0f : value);
}

// (q - zero) * scale, rounded once.
static inline float edgec_dequantize(int q, float scale, int zero) {
    return (float)(q - zero) * scale;
}

#endif
