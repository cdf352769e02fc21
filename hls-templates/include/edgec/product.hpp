// Products of two activations: the right side takes the place of the weights.
//
// It enters with its zero point subtracted and with zeros in lanes that are none of the row's, so the array sums
// l * (r - zr). The left zero point needs the sum over each output's lanes, which is taken on the way in:
// sum (l - zl)(r - zr) = sum l (r - zr) - zl * sum (r - zr).
//
// All of it goes to the begin of the weight memory, when the command's turn comes: what it reads may only just have been computed.
#pragma once

#include "commands.hpp"
#include "words.hpp"

namespace edgec {

/// [outputs][inner]: a row is the weights of an output.
inline void load_rows(const ConvolutionCommand& c, const word_t* memory, int sums[kParameterRows][kLanes],
                      weight_t weights[kWeightDepth][kColumns][kLanes]) {
    EDGEC_INLINE_OFF
    int entry = 0, index = 0;
right_rows:
    for (int o = 0; o < c.groups * kColumns; ++o) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
        const bool exists = o < c.right_outputs;
        int sum = 0;
    right_row_words:
        for (int k = 0; k < c.words; ++k) {
            EDGEC_PIPELINE(1)
            EDGEC_TRIPS(EDGEC_MOST_WORDS)
            word_t word = 0;
            if (exists) word = memory[c.right + o * c.right_pitch + k];
        right_row_lanes:
            for (int l = 0; l < kLanes; ++l) {
                EDGEC_UNROLL
                const int value = exists && k * kLanes + l < c.right_inner ? lane(word, l) - c.right_zero : 0;
                weights[entry + k][index][l] = value;
                sum += value;
            }
        }
        if (exists) sums[o / kLanes][o % kLanes] = sum;
        if (++index == kColumns) {
            index = 0;
            entry += c.words;
        }
    }
}

/// [inner][outputs]: a word holds one lane of the weights of 16 outputs.
inline void load_columns(const ConvolutionCommand& c, const word_t* memory, int sums[kParameterRows][kLanes],
                         weight_t weights[kWeightDepth][kColumns][kLanes]) {
    EDGEC_INLINE_OFF
right_columns:
    for (int i = 0; i < c.words * kLanes; ++i) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
    right_column_words:
        for (int w = 0; w < c.groups * kColumns / kLanes; ++w) {
            EDGEC_PIPELINE(1)
            EDGEC_TRIPS(EDGEC_MOST_WORDS)
            const bool exists = i < c.right_inner && w < c.out_words;
            word_t word = 0;
            if (exists) word = memory[c.right + i * c.right_pitch + w];
        right_column_lanes:
            for (int l = 0; l < kLanes; ++l) {
                EDGEC_UNROLL
                const int o = w * kLanes + l;
                const int value = exists && o < c.right_outputs ? lane(word, l) - c.right_zero : 0;
                weights[o / kColumns * c.words + i / kLanes][o % kColumns][i % kLanes] = value;
                if (w < c.out_words) sums[w][l] = (i == 0 ? 0 : sums[w][l]) + value;
            }
        }
    }
}

inline void load_right_side(const ConvolutionCommand& c, const word_t* memory, int sums[kParameterRows][kLanes],
                            weight_t weights[kWeightDepth][kColumns][kLanes]) {
    EDGEC_INLINE_OFF
    if (c.right_side == kRightRows)
        load_rows(c, memory, sums, weights);
    else
        load_columns(c, memory, sums, weights);
}

}  // namespace edgec
