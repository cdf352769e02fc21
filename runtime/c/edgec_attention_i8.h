// Attention of 8-bit integers: softmax(queries * keys) * values, a few rows of scores at a time.
#ifndef EDGEC_ATTENTION_I8_H
#define EDGEC_ATTENTION_I8_H

#include "edgec_matmul_i8.h"

enum {
    EDGEC_QUERIES_I8 = 8,            // queries whose scores are made together: they share the keys in the nearest cache
    EDGEC_WEIGHTED_I8 = 512,         // most exponentials, of 15 bits, whose products with 8-bit values add up in 32
    EDGEC_ATTENTION_WIDTH_I8 = 64,   // elements of the values that are added up together
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

// One query's scores, to each of which (bias - bias_zero) * bias_multiplier is added before it rounds.
EDGEC_INLINE void edgec_biased_scores_i8(
        edgec_attention g, const int8_t *restrict query, const int8_t *restrict keys, const int8_t *restrict bias,
        edgec_requantizer finish, int8_t *restrict scores) {
    enum { BLOCK = 64 };
    int32_t correction = 0;
    if (g.keys_by_row && g.key_zero != 0) {
        for (int k = 0; k < g.inner; k++)
            correction += g.key_zero * (query[k] - g.query_zero);
    }

    for (int first = 0; first < g.columns; first += BLOCK) {
        int count = g.columns - first < BLOCK ? g.columns - first : BLOCK;
        int32_t sums[BLOCK] = {0};
        if (g.keys_by_row) {
            for (int c = 0; c < count; c++)
                sums[c] = edgec_dot_i8(query, g.query_zero, keys + (ptrdiff_t)(first + c) * g.inner, g.inner) - correction;
        } else {
            edgec_sum_columns_i8(query, g.query_zero, g.inner, keys, g.key_zero, g.columns, first, count, sums);
        }

        for (int c = 0; c < count; c++) {
            int64_t added = (bias[first + c] - g.bias_zero) * (int64_t)g.bias_multiplier;
            scores[first + c] = edgec_finish_added(finish, sums[c], 0, added);
        }
    }
}

// weights[c] = exponential of scores[c]; their sum. exponentials[d] is that of a score d below the highest.
EDGEC_INLINE uint32_t edgec_weigh_i8(
        const int8_t *restrict scores, int columns, const int16_t *restrict exponentials, int16_t *restrict weights) {
    int32_t highest = INT8_MIN;
    for (int c = 0; c < columns; c++)
        highest = edgec_maximum(highest, scores[c]);
    uint32_t sum = 0;
    for (int c = 0; c < columns; c++) {
        int32_t exponential = exponentials[highest - scores[c]];
        weights[c] = (int16_t)exponential;
        sum += (uint32_t)exponential;
    }
    return sum;
}

// One row of the result: the values' sum by weights that add up to `sum`.
EDGEC_INLINE void edgec_weighted_i8(
        edgec_attention g, const int16_t *restrict weights, uint32_t sum, const int8_t *restrict values, int8_t *restrict y) {
    int32_t k = edgec_softmax_normalization_shift(sum);
    uint32_t reciprocal = edgec_softmax_reciprocal(sum, k);
    for (int first = 0; first < g.width; first += EDGEC_ATTENTION_WIDTH_I8) {
        int count = g.width - first < EDGEC_ATTENTION_WIDTH_I8 ? g.width - first : EDGEC_ATTENTION_WIDTH_I8;
        int64_t totals[EDGEC_ATTENTION_WIDTH_I8] = {0};
        for (int from = 0; from < g.columns; from += EDGEC_WEIGHTED_I8) {
            int end = g.columns - from < EDGEC_WEIGHTED_I8 ? g.columns : from + EDGEC_WEIGHTED_I8;
            int32_t sums[EDGEC_ATTENTION_WIDTH_I8] = {0};
            for (int c = from; c < end; c++) {
                const int8_t *restrict value = values + (ptrdiff_t)c * g.width + first;
                for (int i = 0; i < count; i++)
                    sums[i] += weights[c] * value[i];
            }

            for (int i = 0; i < count; i++)
                totals[i] += sums[i];
        }

        for (int i = 0; i < count; i++) {
            int64_t centered = totals[i] - g.value_zero * (int64_t)sum;
            y[first + i] = (int8_t)edgec_softmax_requantize_weighted(
                centered, reciprocal, k, g.multiplier, g.shift, g.zero, g.lo, g.hi);
        }
    }
}

// `scores` has room for EDGEC_QUERIES_I8 rows of one score a column, `weights` for one row. The bias may be null.
EDGEC_INLINE void edgec_attention_i8(
        edgec_attention g, const int8_t *restrict queries, const int8_t *restrict keys, const int8_t *restrict values,
        const int8_t *restrict bias, edgec_requantizer finish, const int16_t *restrict exponentials, int8_t *restrict scores, int16_t *restrict weights,
        int8_t *restrict y) {
    if (g.columns == 0)
        return;
    for (int b = 0; b < g.batch; b++) {
        ptrdiff_t context = g.one_context ? 0 : (ptrdiff_t)b * g.columns;
        for (int first = 0; first < g.rows; first += EDGEC_QUERIES_I8) {
            int count = g.rows - first < EDGEC_QUERIES_I8 ? g.rows - first : EDGEC_QUERIES_I8;
            ptrdiff_t row = (ptrdiff_t)b * g.rows + first;
            if (bias) {
                ptrdiff_t matrix = b / g.bias_repeat % g.bias_count;
                for (int i = 0; i < count; i++) {
                    ptrdiff_t added = g.bias_by_row ? matrix * g.rows + first + i : matrix;
                    edgec_biased_scores_i8(g, queries + (row + i) * g.inner, keys + context * g.inner, bias + added * g.columns, finish,
                        scores + (ptrdiff_t)i * g.columns);
                }
            } else {
                const edgec_matmul product = {
                    .batch = 1, .rows = count, .inner = g.inner, .columns = g.columns, .right_transposed = g.keys_by_row,
                };
                edgec_matmul_i8(product, queries + row * g.inner, g.query_zero, keys + context * g.inner, g.key_zero, NULL, finish, scores);
            }

            for (int i = 0; i < count; i++) {
                uint32_t sum = edgec_weigh_i8(scores + (ptrdiff_t)i * g.columns, g.columns, exponentials, weights);
                edgec_weighted_i8(g, weights, sum, values + context * g.width, y + (row + i) * g.width);
            }
        }
    }
}

#endif
