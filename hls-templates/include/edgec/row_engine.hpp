// The row engine: softmax and reductions. A row is read once; softmax keeps it on chip for its other two passes.
#pragma once

#include "commands.hpp"
#include "edgec_arithmetic.hpp"
#include "exponentials.hpp"
#include "rounding.hpp"
#include "words.hpp"

namespace edgec {

/// How many lanes of the row's word count: all, except in the last word of a storage row.
inline int lanes_of(const RowCommand& c, int phase) {
    EDGEC_INLINE
    return phase == c.period - 1 ? c.tail : kLanes;
}

/// Reads a row: its sum, maximum or minimum lane by lane.
inline void first_pass(const RowCommand& c, const word_t* input, int address, word_t row[kRowWords],
                       int best[kLanes]) {
    EDGEC_INLINE_OFF
first_lanes:
    for (int l = 0; l < kLanes; ++l) {
        EDGEC_UNROLL
        best[l] = c.mode == kRowSum ? 0 : c.mode == kRowMinimum ? 127 : -128;
    }
    int phase = 0;
read_row:
    for (int i = 0; i < c.length; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        const word_t word = input[address + i * c.step];
        if (c.mode == kSoftmax) row[i] = word;
    read_lanes:
        for (int l = 0; l < kLanes; ++l) {
            EDGEC_UNROLL
            const int q = lane(word, l);
            if (l < lanes_of(c, phase)) {
                if (c.mode == kRowSum)
                    best[l] += q;
                else if (c.mode == kRowMinimum)
                    best[l] = q < best[l] ? q : best[l];
                else
                    best[l] = q > best[l] ? q : best[l];
            }
        }
        if (++phase == c.period) phase = 0;
    }
}

/// A row that lies along words has one result: that of its lanes.
inline int combined(const RowCommand& c, const int best[kLanes]) {
    EDGEC_INLINE
    int all = best[0];
combine_lanes:
    for (int l = 1; l < kLanes; ++l) {
        EDGEC_UNROLL
        if (c.mode == kRowSum)
            all += best[l];
        else if (c.mode == kRowMinimum)
            all = best[l] < all ? best[l] : all;
        else
            all = best[l] > all ? best[l] : all;
    }
    return all;
}

/// Passes two and three: the sum of exponentials, then the weights.
inline void softmax_row(const RowCommand& c, const word_t row[kRowWords], int best[kLanes],
                        const exponential_t exponentials[kLanes / 2][256], word_t* output, int address) {
    EDGEC_INLINE_OFF
    unsigned total[kLanes];
    ap_uint<32> reciprocal[kLanes];
    ap_int<32> shift[kLanes];
    EDGEC_PARTITION(total, 0)
    EDGEC_PARTITION(reciprocal, 0)
    EDGEC_PARTITION(shift, 0)
    const int row_best = combined(c, best);
softmax_begin:
    for (int l = 0; l < kLanes; ++l) {
        EDGEC_UNROLL
        total[l] = 0;
        if (!c.across) best[l] = row_best;
    }
    int phase = 0;
softmax_sum:
    for (int i = 0; i < c.length; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
    sum_lanes:
        for (int l = 0; l < kLanes; ++l) {
            EDGEC_UNROLL
            if (l < lanes_of(c, phase)) total[l] += exponentials[l / 2][best[l] - lane(row[i], l)].to_uint();
        }
        if (++phase == c.period) phase = 0;
    }
    unsigned row_total = 0;
softmax_total:
    for (int l = 0; l < kLanes; ++l) {
        EDGEC_UNROLL
        row_total += total[l];
    }
softmax_reciprocal:
    for (int l = 0; l < kLanes; ++l) {
        EDGEC_PIPELINE(1)
        const ap_uint<32> sum = c.across ? total[l] : row_total;
        shift[l] = softmax_normalization_shift(sum);
        reciprocal[l] = softmax_reciprocal(sum, shift[l]);
    }
    phase = 0;
softmax_weight:
    for (int i = 0; i < c.length; ++i) {
        EDGEC_PIPELINE(EDGEC_ROW_INTERVAL)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        word_t y = 0;
    weight_of_lanes:
        for (int l = 0; l < kLanes; ++l) {
            EDGEC_UNROLL
            // A lane that is no part of the row may lie above its maximum.
            const ap_uint<8> distance = best[l] - lane(row[i], l);
            const ap_int<32> exponential = exponentials[l / 2][distance];
            const bool counts = l < lanes_of(c, phase);
            const int weight = softmax_weight(exponential, reciprocal[l], shift[l], c.multiplier);
            set_lane(y, l, counts ? weight + c.zero : 0);
        }
        output[address + i * c.step] = y;
        if (++phase == c.period) phase = 0;
    }
}

inline int reduced(const RowCommand& c, int value) {
    EDGEC_INLINE
    if (c.mode == kRowSum) return rescaled(value, c.multiplier, c.addend, c.shift, c.zero, c.lo, c.hi);
    return clamp(value, c.lo, c.hi);
}

inline void run_rows(const RowCommand& c, const word_t* input, const word_t* weights_port, word_t* output) {
    EDGEC_INLINE_OFF
    static word_t row[kRowWords];
    static exponential_t exponentials[kLanes / 2][256];  // two lanes share a memory of two ports
    EDGEC_PARTITION(exponentials, 1)
    int best[kLanes];
    EDGEC_PARTITION(best, 0)
    if (kHasSoftmax && c.mode == kSoftmax) load_exponentials<kLanes / 2>(weights_port, c.table, exponentials);
    word_t packed = 0;   // reduction along words: results of several rows
    int column = 0;      // of the storage row they go to
    int target = c.target;
outer_rows:
    for (int o = 0; o < c.outer; ++o) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
    inner_rows:
        for (int j = 0; j < c.inner; ++j) {
            EDGEC_TRIPS(EDGEC_MOST_ROWS)
            const int at = o * c.outer_stride + j;
            first_pass(c, input, c.source + at, row, best);
            if (c.mode == kSoftmax) {
                if (kHasSoftmax) softmax_row(c, row, best, exponentials, output, c.target + at);
            } else if (c.across) {
                word_t y = 0;
            reduce_lanes:
                for (int l = 0; l < kLanes; ++l) {
                    EDGEC_PIPELINE(1)
                    set_lane(y, l, reduced(c, best[l]));
                }
                output[target++] = y;
            } else {
                set_lane(packed, column % kLanes, reduced(c, combined(c, best)));
                ++column;
                if (column % kLanes == 0 || column == c.out_extent) output[target++] = packed;
                if (column == c.out_extent) column = 0;
            }
        }
    }
}

}  // namespace edgec
