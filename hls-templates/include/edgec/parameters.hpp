// What a convolution command needs before its first sum: parameters and ranges of inputs, one behind the other, and weights.
#pragma once

#include "convolution.hpp"
#include "product.hpp"

namespace edgec {

template <class Part>
inline void load_parameters(const ConvolutionCommand& c, const word_t* memory,
                            const int sums[kParameterRows][kLanes], parameter_t parameters[Part::kRows][kLanes],
                            Range ranges[kRanges], weight_t weights[Part::kDepth][Part::kWeights][kLanes]) {
    EDGEC_INLINE_OFF
    int row = 0, index = 0;
parameter_words:
    for (int i = 0; i < c.parameter_words; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        const parameter_t packed = parameter(memory[c.parameters + i]);
        if (c.parameter_row == kByOutput) {
            const bool constant = !kHasProducts || !Part::kDenseSteps || c.right_side == kConstantRight;
            parameters[row][index] = constant ? packed : without_left_zero(packed, c.left_zero, sums[row][index]);
            if (++index == kLanes) {
                index = 0;
                ++row;
            }
        } else {
        parameter_lanes:
            for (int l = 0; l < kLanes; ++l) {
                EDGEC_UNROLL
                parameters[i][l] = packed;
            }
        }
    }
range_words:
    for (int i = 0; i < c.range_words; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        const word_t word = memory[c.parameters + c.parameter_words + i];
        ranges[i].begin = field(word, 0);
        ranges[i].end = field(word, 1);
    }
    const bool halves = c.packed_weights && !in_pairs(c);  // pairs stay together
    int entry = 0, output = 0;
    word_t word = 0;
weight_words:
    for (int i = 0; i < c.weight_words; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        const bool second = halves && i % 2 == 1;
        const int stored = halves ? i / 2 : i;
        if (!second) word = memory[c.weights + stored];
    weight_lanes:
        for (int l = 0; l < kLanes; ++l) {
            EDGEC_UNROLL
            const int value = lane(word, l);
            weights[entry][output][l] = halves ? half(value, second) : value;
        }
        if (++output == c.weight_outputs) {
            output = 0;
            ++entry;
        }
    }
}

}  // namespace edgec
