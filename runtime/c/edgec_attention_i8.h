// Attention of 8-bit integers: softmax(queries * keys) * values. A block of queries at a time meets the keys and then the
// values, both turned into panels (edgec_panel_i8.h): that takes as long as a few queries do.
#ifndef EDGEC_ATTENTION_I8_H
#define EDGEC_ATTENTION_I8_H

#include <stdbool.h>

#include "edgec_panel_i8.h"
#include "edgec_rows_i8.h"

enum {
    EDGEC_WEIGHTED_I8 = 512,           // most exponentials, of 15 bits, whose products with 8-bit values add up in 32
    EDGEC_WEIGHTED_CENTERED_I8 = 256,  // and with differences of two of these
};

// Queries are [batch, rows, inner], keys [batch, columns, inner] or [batch, inner, columns], values [batch, columns, width].
typedef struct edgec_attention {
    int batch;
    int rows;
    int columns;
    int inner;
    int width;
    bool keys_by_row;  // a key's elements lie side by side
    bool one_context;  // keys and values are those of one batch, for every batch of queries
    int32_t query_zero;
    int32_t key_zero;
    int32_t value_zero;
    int32_t multiplier;  // with the shift: the scale of the values over that of the result
    int32_t shift;
    int32_t zero;
    int32_t lo;
    int32_t hi;
    // What is added to scores is [bias_count, rows or 1, columns]; batch b has the matrix (b / bias_repeat) % bias_count.
    int bias_repeat;
    int bias_count;
    bool bias_by_row;  // a row for each query
    int32_t bias_zero;
    int32_t bias_multiplier;  // at the scores' shift
} edgec_attention;

// Where it works. Rows of 16 bits have an even length.
typedef struct edgec_attention_room {
    int most_queries;
    int most_keys;     // a multiple of 16
    int16_t *queries;  // [most_queries, inner], centered
    int8_t *keys;      // panels of most_keys
    int8_t *scores;    // [most_queries, columns]
    int16_t *weights;  // [most_queries, columns]
    uint32_t *sums;    // of weights, [most_queries]
    int8_t *values;    // a panel of 16 elements of all values
} edgec_attention_room;

EDGEC_INLINE int edgec_even(int length) {
    return length + length % 2;
}

// Panels of `count` keys from `first` on.
EDGEC_INLINE void edgec_key_panels_i8(
        edgec_attention g, const int8_t *restrict keys, int first, int count, int8_t *restrict panels) {
    for (int c = 0; c < count; c += EDGEC_PANEL_COLUMNS) {
        int taken = count - c < EDGEC_PANEL_COLUMNS ? count - c : EDGEC_PANEL_COLUMNS;
        int8_t *panel = panels + (ptrdiff_t)c * edgec_even(g.inner);
        if (g.keys_by_row)
            edgec_panel_of_rows_i8(keys + (ptrdiff_t)(first + c) * g.inner, g.inner, taken, panel);
        else
            edgec_panel_of_columns_i8(keys + first + c, g.columns, g.inner, taken, panel);
    }
}

// Scores of `rows` queries and `count` keys from `first` on. To each sum (bias - bias_zero) * bias_multiplier is added
// before it rounds, if there is a bias: a row for each query, or one for all.
EDGEC_INLINE void edgec_scores_i8(
        edgec_attention g, const int16_t *restrict queries, int rows, const int8_t *restrict panels, int first, int count,
        const int8_t *restrict bias, edgec_requantizer finish, int8_t *restrict scores) {
    int pitch = edgec_even(g.inner);
    for (int row = 0; row < rows; row += EDGEC_PANEL_ROWS) {
        int taken = rows - row < EDGEC_PANEL_ROWS ? rows - row : EDGEC_PANEL_ROWS;
        // sum query * (key - key_zero) = sum query * key - key_zero * sum query
        int32_t corrections[EDGEC_PANEL_ROWS] = {0};
        for (int r = 0; r < taken && g.key_zero != 0; r++) {
            for (int k = 0; k < g.inner; k++)
                corrections[r] += g.key_zero * queries[(ptrdiff_t)(row + r) * pitch + k];
        }

        for (int c = 0; c < count; c += EDGEC_PANEL_COLUMNS) {
            int columns = count - c < EDGEC_PANEL_COLUMNS ? count - c : EDGEC_PANEL_COLUMNS;
            int32_t sums[EDGEC_PANEL_ROWS][EDGEC_PANEL_COLUMNS];
            edgec_rows_by_panel_i8(queries + (ptrdiff_t)row * pitch, pitch, taken, pitch / 2,
                panels + (ptrdiff_t)c * pitch, columns > 8 ? 16 : 8, sums);
            for (int r = 0; r < taken; r++) {
                int8_t *restrict target = scores + (ptrdiff_t)(row + r) * g.columns + first + c;
                for (int i = 0; i < columns; i++)
                    sums[r][i] -= corrections[r];
                if (!bias) {
                    edgec_finish_row(finish, sums[r], NULL, 0, columns, target);
                    continue;
                }

                const int8_t *restrict numbers = bias + (g.bias_by_row ? (ptrdiff_t)(row + r) * g.columns : 0) + first + c;
                int64_t added[EDGEC_PANEL_COLUMNS];
                for (int i = 0; i < columns; i++)
                    added[i] = (numbers[i] - g.bias_zero) * (int64_t)g.bias_multiplier;
                edgec_finish_row_added(finish, sums[r], NULL, added, 0, columns, target);
            }
        }
    }
}

// weights[c] = exponential of scores[c]; their sum. exponentials[d] is that of a score d below the highest.
EDGEC_INLINE uint32_t edgec_weigh_i8(
        const int8_t *restrict scores, int columns, const int16_t *restrict exponentials, int16_t *restrict weights) {
    int8_t highest = INT8_MIN;
    for (int c = 0; c < columns; c++)
        highest = scores[c] > highest ? scores[c] : highest;
    uint32_t sum = 0;
    for (int c = 0; c < columns; c++) {
        int32_t exponential = exponentials[highest - scores[c]];
        weights[c] = (int16_t)exponential;
        sum += (uint32_t)exponential;
    }
    if (columns % 2 != 0)
        weights[columns] = 0;
    return sum;
}

// `count` elements of a row of the result: the values' sums by weights that add up to `sum`.
EDGEC_INLINE void edgec_finish_weighted_i8(
        edgec_attention g, const int32_t *restrict sums, const int64_t *restrict totals, uint32_t sum, int count, int8_t *restrict y) {
    int32_t k = edgec_softmax_normalization_shift(sum);
    uint32_t reciprocal = edgec_softmax_reciprocal(sum, k);
    int i = 0;
#if defined(__AVX2__)
    if (!totals && g.multiplier <= INT16_MAX) {
        int32_t multiplier = (int32_t)reciprocal * g.multiplier;
        uint8_t shift = (uint8_t)(47 - k + g.shift);
        int64_t half = (int64_t)1 << (shift - 1);
        const edgec_requantizer finish = {.multipliers = &multiplier, .shifts = &shift, .addends = &half, .lo = g.lo - g.zero, .hi = g.hi - g.zero};
        __m256i correction = _mm256_set1_epi32(g.value_zero * (int32_t)sum);
        for (; i + 8 <= count; i += 8) {
            __m256i acc = _mm256_sub_epi32(_mm256_loadu_si256((const __m256i *)(const void *)(sums + i)), correction);
            __m128i shorts = edgec_requantize_eight(finish, acc, 0, NULL);
            edgec_store_eight(_mm_add_epi16(shorts, _mm_set1_epi16((int16_t)g.zero)), y + i);
        }
    }
#endif
    for (; i < count; i++) {
        int64_t centered = (totals ? totals[i] : sums[i]) - g.value_zero * (int64_t)sum;
        y[i] = (int8_t)edgec_softmax_requantize_weighted(
            centered, reciprocal, k, g.multiplier, g.shift, g.zero, g.lo, g.hi);
    }
}

// Elements [first, first + count) of `rows` rows of the result, 4 at most, from their weights and a panel of values.
EDGEC_INLINE void edgec_weighted_i8(
        edgec_attention g, const int16_t *restrict weights, int rows, const uint32_t *restrict added, const int8_t *restrict panel,
        int first, int count, int8_t *restrict y) {
    int pitch = edgec_even(g.columns), width = count > 8 ? 16 : 8;
    bool fits = g.columns <= EDGEC_WEIGHTED_CENTERED_I8;
    int32_t sums[EDGEC_PANEL_ROWS][EDGEC_PANEL_COLUMNS];
    int64_t totals[EDGEC_PANEL_ROWS][EDGEC_PANEL_COLUMNS] = {{0}};
    for (int from = 0; from < pitch; from += EDGEC_WEIGHTED_I8) {
        int length = pitch - from < EDGEC_WEIGHTED_I8 ? pitch - from : EDGEC_WEIGHTED_I8;
        edgec_rows_by_panel_i8(weights + from, pitch, rows, length / 2, panel + (ptrdiff_t)from * width, width, sums);
        for (int r = 0; r < rows && !fits; r++) {
            for (int i = 0; i < count; i++)
                totals[r][i] += sums[r][i];
        }
    }

    for (int r = 0; r < rows; r++)
        edgec_finish_weighted_i8(g, sums[r], fits ? NULL : totals[r], added[r], count, y + (ptrdiff_t)r * g.width + first);
}

// The bias may be null.
EDGEC_INLINE void edgec_attention_i8(
        edgec_attention g, edgec_attention_room room, const int8_t *restrict queries, const int8_t *restrict keys,
        const int8_t *restrict values, const int8_t *restrict bias, edgec_requantizer finish,
        const int16_t *restrict exponentials, int8_t *restrict y) {
    enum { ROWS = EDGEC_PANEL_ROWS, COLUMNS = EDGEC_PANEL_COLUMNS };
    int pitch = edgec_even(g.columns);
    for (int b = 0; b < g.batch && g.columns > 0; b++) {
        ptrdiff_t context = g.one_context ? 0 : (ptrdiff_t)b * g.columns, matrix = bias ? b / g.bias_repeat % g.bias_count : 0;
        for (int first = 0; first < g.rows; first += room.most_queries) {
            int count = g.rows - first < room.most_queries ? g.rows - first : room.most_queries;
            ptrdiff_t row = (ptrdiff_t)b * g.rows + first;
            edgec_center_rows_i8(queries + row * g.inner, g.query_zero, count, g.inner, edgec_even(g.inner), room.queries);
            for (int c = 0; c < g.columns; c += room.most_keys) {
                int taken = g.columns - c < room.most_keys ? g.columns - c : room.most_keys;
                // Panels of all keys stay for the next queries.
                if (room.most_keys < g.columns || (first == 0 && (b == 0 || !g.one_context)))
                    edgec_key_panels_i8(g, keys + context * g.inner, c, taken, room.keys);
                edgec_scores_i8(g, room.queries, count, room.keys, c, taken,
                    bias ? bias + (g.bias_by_row ? matrix * g.rows + first : matrix) * g.columns : NULL, finish, room.scores);
            }

            for (int r = 0; r < count; r++) {
                room.sums[r] = edgec_weigh_i8(
                    room.scores + (ptrdiff_t)r * g.columns, g.columns, exponentials, room.weights + (ptrdiff_t)r * pitch);
            }

            for (int part = 0; part < g.width; part += COLUMNS) {
                int elements = g.width - part < COLUMNS ? g.width - part : COLUMNS;
                edgec_panel_of_columns_i8(values + context * g.width + part, g.width, g.columns, elements, room.values);
                for (int r = 0; r < count; r += ROWS) {
                    int taken = count - r < ROWS ? count - r : ROWS;
                    edgec_weighted_i8(g, room.weights + (ptrdiff_t)r * pitch, taken, room.sums + r, room.values, part, elements,
                        y + (row + r) * g.width);
                }
            }
        }
    }
}

#endif
