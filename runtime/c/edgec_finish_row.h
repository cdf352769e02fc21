// The finish of several sums side by side, see edgec_finish.h.
#ifndef EDGEC_FINISH_ROW_H
#define EDGEC_FINISH_ROW_H

#include <string.h>

#include "edgec_finish.h"

#if defined(__AVX2__)
#include <immintrin.h>

// Four of them: (acc * multiplier + addend) >> shift in 64 bits. AVX2 shifts no negative 64-bit integers; but
// 2^62 is a multiple of 2^shift, and with it added the sum is none.
EDGEC_INLINE __m256i edgec_scale_four(__m128i acc, __m256i multiplier, __m256i addend, __m256i shift) {
    __m256i offset = _mm256_set1_epi64x((int64_t)1 << 62);
    __m256i scaled = _mm256_add_epi64(_mm256_mul_epi32(_mm256_cvtepi32_epi64(acc), multiplier), _mm256_add_epi64(addend, offset));
    return _mm256_sub_epi64(_mm256_srlv_epi64(scaled, shift), _mm256_srlv_epi64(offset, shift));
}

EDGEC_INLINE __m256i edgec_clamp_four(__m256i y, __m256i lo, __m256i hi) {
    y = _mm256_blendv_epi8(y, lo, _mm256_cmpgt_epi64(lo, y));
    return _mm256_blendv_epi8(y, hi, _mm256_cmpgt_epi64(y, hi));
}

// Eight sums, with the parameters from index i on; limits of 16 bits. What is added to the products may be null.
EDGEC_INLINE __m128i edgec_requantize_eight(edgec_requantizer f, __m256i acc, int i, const int64_t *restrict added) {
    __m256i lo = _mm256_set1_epi64x(f.lo), hi = _mm256_set1_epi64x(f.hi), halves[2];
    for (int h = 0; h < 2; h++) {
        __m256i multiplier, addend, shift;
        if (f.step == 0) {
            multiplier = _mm256_set1_epi64x(f.multipliers[0]);
            addend = _mm256_set1_epi64x(f.addends[0]);
            shift = _mm256_set1_epi64x(f.shifts[0]);
        } else {
            int32_t four;
            memcpy(&four, f.shifts + i + 4 * h, sizeof four);
            multiplier = _mm256_cvtepi32_epi64(_mm_loadu_si128((const __m128i *)(const void *)(f.multipliers + i + 4 * h)));
            addend = _mm256_loadu_si256((const __m256i *)(const void *)(f.addends + i + 4 * h));
            shift = _mm256_cvtepu8_epi64(_mm_cvtsi32_si128(four));
        }

        if (added) addend = _mm256_add_epi64(addend, _mm256_loadu_si256((const __m256i *)(const void *)(added + 4 * h)));
        __m128i part = h == 0 ? _mm256_castsi256_si128(acc) : _mm256_extracti128_si256(acc, 1);
        halves[h] = edgec_scale_four(part, multiplier, addend, shift);
        if (!f.fits_word || added) halves[h] = edgec_clamp_four(halves[h], lo, hi);
    }

    // The low halves of eight 64-bit integers, in their order, then theirs.
    __m256i words = _mm256_castps_si256(_mm256_shuffle_ps(_mm256_castsi256_ps(halves[0]), _mm256_castsi256_ps(halves[1]), 0x88));
    words = _mm256_permute4x64_epi64(words, 0xD8);
    __m128i shorts = _mm_packs_epi32(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    if (!f.fits_word || added) return shorts;
    return _mm_min_epi16(_mm_max_epi16(shorts, _mm_set1_epi16((int16_t)f.lo)), _mm_set1_epi16((int16_t)f.hi));
}

EDGEC_INLINE void edgec_store_eight(__m128i shorts, int8_t *restrict y) {
    _mm_storel_epi64((__m128i *)(void *)y, _mm_packs_epi16(shorts, shorts));
}
#endif

// y[c] = finish(bias[first + c] + sums[c]) with the parameters of index first + c, for c < count, where added[c] joins the
// product of the sum and its multiplier. Both may be null.
EDGEC_INLINE void edgec_finish_row_added(
        edgec_requantizer f, const int32_t *restrict sums, const int32_t *restrict bias, const int64_t *restrict added, int first,
        int count, int8_t *restrict y) {
    int c = 0;
#if defined(__AVX2__)
    if (f.levels == 0 && f.profile == EDGEC_REQUANTIZE) {
        for (; c + 8 <= count; c += 8) {
            __m256i acc = _mm256_loadu_si256((const __m256i *)(const void *)(sums + c));
            if (bias) acc = _mm256_add_epi32(acc, _mm256_loadu_si256((const __m256i *)(const void *)(bias + first + c)));
            edgec_store_eight(edgec_requantize_eight(f, acc, first + c, added ? added + c : NULL), y + c);
        }
    }
#endif
    for (; c < count; c++)
        y[c] = edgec_finish_added(f, sums[c] + (bias ? bias[first + c] : 0), first + c, added ? added[c] : 0);
}

EDGEC_INLINE void edgec_finish_row(
        edgec_requantizer f, const int32_t *restrict sums, const int32_t *restrict bias, int first, int count, int8_t *restrict y) {
    edgec_finish_row_added(f, sums, bias, NULL, first, count, y);
}

#endif
