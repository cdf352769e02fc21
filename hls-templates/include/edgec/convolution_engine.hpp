// The convolution engine: read, sum, finish, write, all at once; weights and parameters are brought in before.
#pragma once

#include "convolution.hpp"
#include "experts.hpp"
#include "product.hpp"
#include "sampler.hpp"

namespace edgec {

inline void load_parameters(const ConvolutionCommand& c, const word_t* memory,
                            const int sums[kParameterRows][kLanes], parameter_t parameters[kParameterRows][kLanes],
                            Range ranges[kRanges], weight_t weights[kWeightDepth][kColumns][kLanes]) {
    EDGEC_INLINE_OFF
    int row = 0, index = 0;
parameter_words:
    for (int i = 0; i < c.parameter_words; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        const parameter_t packed = parameter(memory[c.parameters + i]);
        if (c.parameter_row == kByOutput) {
            const bool constant = !kHasProducts || c.right_side == kConstantRight;
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

inline void stream_convolution(const ConvolutionCommand& c, const Queues& queues, int first, const word_t* input,
                               word_t* output, const parameter_t parameters[kParameterRows][kLanes], const Range ranges[kRanges],
                               const weight_t weights[kWeightDepth][kColumns][kLanes]) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    hls::stream<samples_t> words("words");
    hls::stream<Sums> sums("sums");
    hls::stream<word_t> results("results");
    EDGEC_STREAM(words, 64)
    EDGEC_STREAM(sums, 4)
    EDGEC_STREAM(results, 64)
    read_source(c, input, queues.source, first, words);
    convolve(c, words, weights, ranges, sums);
    finish(c, sums, parameters, results);
    write_target(c, results, output, queues.target, first);
}

/// The same where some convolutions are deformable: words of the others pass the sampler by. The queues of places are as
/// long as a read of memory takes, for the words that belong to them come so much later.
inline void stream_sampled(const ConvolutionCommand& c, const Queues& queues, int first, const word_t* input,
                           const word_t* field_port, word_t* output,
                           const parameter_t parameters[kParameterRows][kLanes], const Range ranges[kRanges],
                           const weight_t weights[kWeightDepth][kColumns][kLanes]) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    hls::stream<word_t> fields("fields");
    hls::stream<Place> places("places");
    hls::stream<int> addresses("addresses");
    hls::stream<word_t> words("words");
    hls::stream<samples_t> samples("samples");
    hls::stream<Sums> sums("sums");
    hls::stream<word_t> results("results");
    EDGEC_STREAM(fields, 64)
    EDGEC_STREAM(places, 128)
    EDGEC_STREAM(addresses, 64)
    EDGEC_STREAM(words, 64)
    EDGEC_STREAM(samples, 16)
    EDGEC_STREAM(sums, 4)
    EDGEC_STREAM(results, 64)
    read_fields(c, field_port, fields);
    locate(c, fields, places, addresses);
    read_image(c, input, queues.source, first, addresses, words);
    sample(c, words, places, samples);
    convolve(c, samples, weights, ranges, sums);
    finish(c, sums, parameters, results);
    write_target(c, results, output, queues.target, first);
}

inline void run_convolution(const ConvolutionCommand& command, const Queues& queues, const word_t* input,
                            const word_t* weights_port, word_t* output) {
    EDGEC_INLINE_OFF
    const bool listed = kHasExperts && command.expert >= 0;
    const int first = listed ? queues.first[command.expert] : 0;
    const int rows = listed ? queues.first[command.expert + 1] - first : 0;
    if (listed && rows == 0) return;  // nobody chose this expert: its weights stay where they are
    const ConvolutionCommand c = listed ? of_queue(command, rows) : command;
    // A column's weights lie in a memory of their own, 16 lanes wide.
    static weight_t weights[kWeightDepth][kColumns][kLanes];
    EDGEC_PARTITION(weights, 2)
    EDGEC_RESHAPE(weights, 3)
    static parameter_t parameters[kParameterRows][kLanes];
    EDGEC_PARTITION_CYCLIC(parameters, 2, EDGEC_PARAMETER_BANKS)
    EDGEC_LUTRAM(parameters)
    static Range ranges[kRanges];
    static int sums[kParameterRows][kLanes];
    EDGEC_PARTITION(sums, 2)
    if (kHasProducts && c.right_side != kConstantRight) load_right_side(c, weights_port, sums, weights);
    load_parameters(c, weights_port, sums, parameters, ranges, weights);
    if (kHasSamples)
        stream_sampled(c, queues, first, input, weights_port, output, parameters, ranges, weights);
    else
        stream_convolution(c, queues, first, input, output, parameters, ranges, weights);
}

}  // namespace edgec
