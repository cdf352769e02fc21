// Mixtures of experts: each row of activations meets the weights of a few experts that indices name.
#ifndef EDGEC_EXPERTS_H
#define EDGEC_EXPERTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "edgec_arithmetic.h"
#include "edgec_platform.h"

// Indices are [rows, choices], the result is [rows, choices, columns]; weights are [experts, columns, inner].
typedef struct edgec_experts {
    int rows;
    int choices;
    int experts;
    int inner;
    int columns;
    bool row_per_choice;  // x is [rows, choices, inner]; otherwise [rows, inner], a row for all of its choices
    bool by_expert;       // rows are computed expert by expert; otherwise one after the other
} edgec_experts;

// A row of the result, of rows * choices, and its expert.
typedef struct edgec_expert_row {
    int32_t row;
    int32_t expert;
} edgec_expert_row;

// Neighbours of a queue that one expert's weights serve.
typedef struct edgec_expert_run {
    int expert;
    int first;
    int count;
} edgec_expert_run;

// The rows in the order they are computed: expert by expert, an expert's in their own order, or as they come.
#define EDGEC_DEFINE_QUEUE(suffix, index)                                                                        \
    EDGEC_INLINE void edgec_queue_##suffix(edgec_experts g, const index *restrict indices, edgec_expert_row *restrict queue) { \
        int total = g.rows * g.choices, passes = g.by_expert ? g.experts : 1, n = 0;                             \
        for (int pass = 0; pass < passes; pass++)                                                                \
            for (int row = 0; row < total; row++) {                                                              \
                int32_t expert = edgec_position(indices[row], g.experts);                                        \
                if (!g.by_expert || expert == pass)                                                              \
                    queue[n++] = (edgec_expert_row){row, expert};                                                \
            }                                                                                                    \
    }

EDGEC_DEFINE_QUEUE(i32, int32_t)
EDGEC_DEFINE_QUEUE(i64, int64_t)

// The run behind `run`, of at most `most` rows; false at the end. The first is behind a run of zeros. Experts that no
// row names have none.
EDGEC_INLINE bool edgec_next_run(edgec_experts g, const edgec_expert_row *restrict queue, int most, edgec_expert_run *restrict run) {
    int total = g.rows * g.choices, first = run->first + run->count;
    if (first == total)
        return false;
    int count = 1;
    while (count < most && first + count < total && queue[first + count].expert == queue[first].expert)
        count++;
    *run = (edgec_expert_run){queue[first].expert, first, count};
    return true;
}

// The rows of x that a run multiplies, side by side.
EDGEC_INLINE void edgec_take_rows(
        edgec_experts g, const edgec_expert_row *restrict queue, edgec_expert_run run, size_t size, const void *restrict x,
        void *restrict rows) {
    size_t bytes = (size_t)g.inner * size;
    for (int i = 0; i < run.count; i++) {
        int row = queue[run.first + i].row;
        memcpy((char *)rows + (size_t)i * bytes, (const char *)x + (size_t)(g.row_per_choice ? row : row / g.choices) * bytes, bytes);
    }
}

// Results that lie side by side, to their rows of y.
EDGEC_INLINE void edgec_put_rows(
        edgec_experts g, const edgec_expert_row *restrict queue, edgec_expert_run run, size_t size, const void *restrict rows,
        void *restrict y) {
    size_t bytes = (size_t)g.columns * size;
    for (int i = 0; i < run.count; i++)
        memcpy((char *)y + (size_t)queue[run.first + i].row * bytes, (const char *)rows + (size_t)i * bytes, bytes);
}

#endif
