// Between real numbers and 8-bit integers: real = scale * (q - zero). Valid C++ too, since applications include it.
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

// (q - zero) * scale, rounded once.
static inline float edgec_dequantize(int8_t q, float scale, int zero) {
    return (float)(q - zero) * scale;
}

#endif
