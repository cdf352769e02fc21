// Eight sums side by side, each of products of pairs: sum += pair[0] * weight[0] + pair[1] * weight[1], where one pair of
// 16-bit values meets eight pairs of weights, of 8 bits or (wide) of 16, or each of eight pairs of values its own pair of weights. Exact;
// what differs between processors is how.
#ifndef EDGEC_EIGHT_H
#define EDGEC_EIGHT_H

#include <stdint.h>
#include <string.h>

#include "edgec_platform.h"

#if defined(__AVX2__)
#include <immintrin.h>

typedef __m256i edgec_eight;
typedef __m256i edgec_eight_weights;
typedef __m256i edgec_eight_pairs;
typedef __m256i edgec_pair;

EDGEC_INLINE edgec_eight edgec_eight_zeros(void) {
    return _mm256_setzero_si256();
}

EDGEC_INLINE edgec_eight_weights edgec_eight_load(const int8_t *weights) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)weights));
}

EDGEC_INLINE edgec_eight_weights edgec_eight_load_wide(const int16_t *weights) {
    return _mm256_loadu_si256((const __m256i *)(const void *)weights);
}

EDGEC_INLINE edgec_pair edgec_pair_of(const int16_t *x) {
    int32_t both;
    memcpy(&both, x, sizeof both);
    return _mm256_set1_epi32(both);
}

EDGEC_INLINE edgec_eight edgec_eight_add(edgec_eight sums, edgec_pair pair, edgec_eight_weights weights) {
    return _mm256_add_epi32(sums, _mm256_madd_epi16(pair, weights));
}

EDGEC_INLINE edgec_eight_pairs edgec_eight_zip(const int8_t *a, const int8_t *b, int32_t zero) {
    __m128i first = _mm_loadl_epi64((const __m128i *)(const void *)a), second = _mm_loadl_epi64((const __m128i *)(const void *)b);
    return _mm256_sub_epi16(_mm256_cvtepi8_epi16(_mm_unpacklo_epi8(first, second)), _mm256_set1_epi16((int16_t)zero));
}

EDGEC_INLINE edgec_eight edgec_eight_multiply(edgec_eight sums, edgec_eight_pairs x, edgec_eight_weights weights) {
    return _mm256_add_epi32(sums, _mm256_madd_epi16(x, weights));
}

EDGEC_INLINE void edgec_eight_store(edgec_eight sums, int32_t *target) {
    _mm256_storeu_si256((__m256i *)(void *)target, sums);
}

#elif defined(__SSE2__)
#include <emmintrin.h>

typedef struct edgec_eight {
    __m128i low, high;
} edgec_eight;
typedef edgec_eight edgec_eight_weights;
typedef edgec_eight edgec_eight_pairs;
typedef __m128i edgec_pair;

EDGEC_INLINE edgec_eight edgec_eight_zeros(void) {
    return (edgec_eight){_mm_setzero_si128(), _mm_setzero_si128()};
}

EDGEC_INLINE edgec_eight_weights edgec_eight_load(const int8_t *weights) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)weights);
    return (edgec_eight){_mm_srai_epi16(_mm_unpacklo_epi8(bytes, bytes), 8), _mm_srai_epi16(_mm_unpackhi_epi8(bytes, bytes), 8)};
}

EDGEC_INLINE edgec_eight_weights edgec_eight_load_wide(const int16_t *weights) {
    const __m128i *halves = (const __m128i *)(const void *)weights;
    return (edgec_eight){_mm_loadu_si128(halves), _mm_loadu_si128(halves + 1)};
}

EDGEC_INLINE edgec_pair edgec_pair_of(const int16_t *x) {
    int32_t both;
    memcpy(&both, x, sizeof both);
    return _mm_set1_epi32(both);
}

EDGEC_INLINE edgec_eight edgec_eight_add(edgec_eight sums, edgec_pair pair, edgec_eight_weights weights) {
    sums.low = _mm_add_epi32(sums.low, _mm_madd_epi16(pair, weights.low));
    sums.high = _mm_add_epi32(sums.high, _mm_madd_epi16(pair, weights.high));
    return sums;
}

EDGEC_INLINE edgec_eight_pairs edgec_eight_zip(const int8_t *a, const int8_t *b, int32_t zero) {
    __m128i first = _mm_loadl_epi64((const __m128i *)(const void *)a), second = _mm_loadl_epi64((const __m128i *)(const void *)b);
    __m128i bytes = _mm_unpacklo_epi8(first, second), zeros = _mm_set1_epi16((int16_t)zero);
    return (edgec_eight_pairs){
        _mm_sub_epi16(_mm_srai_epi16(_mm_unpacklo_epi8(bytes, bytes), 8), zeros),
        _mm_sub_epi16(_mm_srai_epi16(_mm_unpackhi_epi8(bytes, bytes), 8), zeros),
    };
}

EDGEC_INLINE edgec_eight edgec_eight_multiply(edgec_eight sums, edgec_eight_pairs x, edgec_eight_weights weights) {
    sums.low = _mm_add_epi32(sums.low, _mm_madd_epi16(x.low, weights.low));
    sums.high = _mm_add_epi32(sums.high, _mm_madd_epi16(x.high, weights.high));
    return sums;
}

EDGEC_INLINE void edgec_eight_store(edgec_eight sums, int32_t *target) {
    _mm_storeu_si128((__m128i *)(void *)target, sums.low);
    _mm_storeu_si128((__m128i *)(void *)(target + 4), sums.high);
}

#elif defined(__ARM_NEON) && defined(__aarch64__)
#include <arm_neon.h>

typedef struct edgec_eight {
    int32x4_t low, high;
} edgec_eight;
typedef struct edgec_eight_weights {
    int16x8_t first, second;  // of each pair
} edgec_eight_weights;
typedef edgec_eight_weights edgec_eight_pairs;
typedef int16x4_t edgec_pair;

EDGEC_INLINE edgec_eight edgec_eight_zeros(void) {
    return (edgec_eight){vdupq_n_s32(0), vdupq_n_s32(0)};
}

EDGEC_INLINE edgec_eight_weights edgec_eight_load(const int8_t *weights) {
    int8x8x2_t pairs = vld2_s8(weights);
    return (edgec_eight_weights){vmovl_s8(pairs.val[0]), vmovl_s8(pairs.val[1])};
}

EDGEC_INLINE edgec_eight_weights edgec_eight_load_wide(const int16_t *weights) {
    int16x8x2_t pairs = vld2q_s16(weights);
    return (edgec_eight_weights){pairs.val[0], pairs.val[1]};
}

EDGEC_INLINE edgec_pair edgec_pair_of(const int16_t *x) {
    int32_t both;
    memcpy(&both, x, sizeof both);
    return vreinterpret_s16_s32(vdup_n_s32(both));
}

EDGEC_INLINE edgec_eight edgec_eight_add(edgec_eight sums, edgec_pair pair, edgec_eight_weights weights) {
    sums.low = vmlal_lane_s16(sums.low, vget_low_s16(weights.first), pair, 0);
    sums.high = vmlal_high_lane_s16(sums.high, weights.first, pair, 0);
    sums.low = vmlal_lane_s16(sums.low, vget_low_s16(weights.second), pair, 1);
    sums.high = vmlal_high_lane_s16(sums.high, weights.second, pair, 1);
    return sums;
}

EDGEC_INLINE edgec_eight_pairs edgec_eight_zip(const int8_t *a, const int8_t *b, int32_t zero) {
    int8x8_t zeros = vdup_n_s8((int8_t)zero);
    return (edgec_eight_pairs){vsubl_s8(vld1_s8(a), zeros), vsubl_s8(vld1_s8(b), zeros)};
}

EDGEC_INLINE edgec_eight edgec_eight_multiply(edgec_eight sums, edgec_eight_pairs x, edgec_eight_weights weights) {
    sums.low = vmlal_s16(sums.low, vget_low_s16(x.first), vget_low_s16(weights.first));
    sums.high = vmlal_high_s16(sums.high, x.first, weights.first);
    sums.low = vmlal_s16(sums.low, vget_low_s16(x.second), vget_low_s16(weights.second));
    sums.high = vmlal_high_s16(sums.high, x.second, weights.second);
    return sums;
}

EDGEC_INLINE void edgec_eight_store(edgec_eight sums, int32_t *target) {
    vst1q_s32(target, sums.low);
    vst1q_s32(target + 4, sums.high);
}

#else
#define EDGEC_NO_EIGHT  // a few sums at a time, see edgec_panel.h
#endif

#endif
