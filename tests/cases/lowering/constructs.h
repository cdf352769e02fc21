// Integer arithmetic of edgec kernels.
// Generated from runtime/Edgec.Runtime/Arithmetic; do not edit.
#ifndef EDGEC_ARITHMETIC_H
#define EDGEC_ARITHMETIC_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

static_assert(sizeof(int) == 4, "int has 32 bits");
static_assert((-1 & 3) == 3, "negative numbers are two's complement");
static_assert((-3 >> 1) == -2, "right shifts of negative numbers keep the sign");
static_assert((int32_t)UINT32_MAX == -1, "conversion to a signed type wraps");

// ==== Constructs ====
// What the subset allows and the arithmetic does not use: it is lowered, compiled and compared like it.

// Only unchecked wraps.
static inline int32_t edgec_constructs_wrap_add(int32_t a, int32_t b) {
    return (int32_t)((uint32_t)a + (uint32_t)b);
}

static inline int32_t edgec_constructs_wrap_multiply(int32_t a, int32_t b) {
    return (int32_t)((uint32_t)a * (uint32_t)b - (uint32_t)b);
}

static inline int64_t edgec_constructs_wrap_wide(int64_t a, int64_t b) {
    return (int64_t)((uint64_t)a * (uint64_t)b + (UINT64_C(0) - (uint64_t)a));
}

static inline uint32_t edgec_constructs_wrap_unsigned(uint32_t a, uint32_t b) {
    return a * b - b;
}

static inline int32_t edgec_constructs_wrap_compound(int32_t a, int32_t b) {
    int32_t sum = a;
    sum = (int32_t)((uint32_t)sum + (uint32_t)b);
    sum = (int32_t)((uint32_t)sum * 31U);

    return sum;
}

static inline int32_t edgec_constructs_shift_left(int32_t a, int32_t n) {
    int32_t shifted = a;
    shifted = (int32_t)((uint32_t)shifted << 3);
    return (int32_t)((uint32_t)shifted << (n & 31));
}

static inline int32_t edgec_constructs_shift_right(int32_t a, int32_t n) {
    return (a >> (n & 15)) - (a >> 31);
}

static inline uint32_t edgec_constructs_shift_unsigned(uint32_t a, int32_t n) {
    return (a >> (n & 31)) ^ (a << 5);
}

static inline int32_t edgec_constructs_bits8(uint8_t a, int8_t b) {
    return (int32_t)((uint32_t)(a & 15) << 4) | ((~b & 3) ^ a);
}

static inline uint32_t edgec_constructs_bits32(uint32_t a, uint32_t b) {
    return (a & b) | ((a ^ b) & ~b);
}

static inline int64_t edgec_constructs_bits64(int64_t a, int32_t b) {
    return (a & b) | (a ^ 255);
}

// Truncation toward zero.
static inline int32_t edgec_constructs_divide(int32_t a) {
    return a / 7 + a % 1000;
}

static inline uint64_t edgec_constructs_divide_unsigned(uint64_t a, uint32_t b) {
    return (a + b) / 10 % 100;
}

static inline int8_t edgec_constructs_narrow(int32_t a) {
    return (int8_t)(a >> 3);
}

static inline uint16_t edgec_constructs_narrow_sum(int16_t a, uint16_t b) {
    return (uint16_t)(int32_t)((uint32_t)a + (uint32_t)b);
}

static inline int64_t edgec_constructs_mixed(uint32_t a, int32_t b) {
    return (int64_t)a * b - (int64_t)(uint16_t)(a & 65535U) * (int64_t)(uint8_t)(a & 255U);
}

static inline uint64_t edgec_constructs_unsign(int32_t a, int64_t b) {
    return (uint64_t)a + (uint64_t)b;
}

static inline bool edgec_constructs_logic(bool a, int32_t b, int32_t c) {
    return (a && b < c) || (!(b == c) && !a != (c <= 0));
}

static inline int32_t edgec_constructs_choose(bool a, int8_t b, int32_t c, int16_t d) {
    return a ? b : c > 0 ? c : d;
}

static inline int64_t edgec_constructs_choose_wide(int32_t a, int64_t b) {
    return a > b ? a : b;
}

static inline uint8_t edgec_constructs_choose_narrow(uint8_t a, uint8_t b, bool which) {
    return which ? a : b;
}

static inline int64_t edgec_constructs_extremes(int32_t a) {
    return a == INT32_MIN ? INT64_MIN : 5;
}

static inline int64_t edgec_constructs_constants(int32_t a) {
    return a > INT32_MIN + 7 ? INT64_C(-5) : 5;
}

static inline int64_t edgec_constructs_large(int64_t a) {
    return a > INT64_C(5000000000) ? (int64_t)(UINT64_C(1) << 40) : INT64_C(-1);
}

static inline int32_t edgec_constructs_branches(int32_t a, int32_t b) {
    int32_t result = a;

    // The order of the arms matters.
    if (a > b) {
        result = b;
    } else if (a == b) {
        result = 0;
    } else {
        result -= b >> 1;
    }

    return result;
}

static inline uint32_t edgec_constructs_count_ones(uint16_t a) {
    uint32_t count = 0;
    for (int32_t i = 0; i < 16; i++) {
        for (int32_t j = 0; j < 2; j++) {
            count += (uint32_t)((a >> (i & 15)) & 1) * (uint32_t)(j + i - i);
        }
    }

    return count;
}

static inline int64_t edgec_constructs_loop_products(int16_t a) {
    int64_t sum = 0;
    for (int32_t i = 1; i < 5; i++) {
        sum += (int64_t)(i * i) * i * a - (int64_t)i * a;
    }
    return sum;
}

static inline int32_t edgec_constructs_order(int32_t first, int32_t second) {
    return first - second;
}

static inline int32_t edgec_constructs_parameters(int32_t a, int32_t b) {
    a &= 1023;
    b |= a;
    b ^= 5;
    return edgec_constructs_order(b >> 2, a);
}

#endif
