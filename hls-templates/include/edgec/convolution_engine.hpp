// The convolution engine: read, sum, finish, write, all at once; weights and parameters are brought in before.
#pragma once

#include "convolution.hpp"
#include "experts.hpp"
#include "parameters.hpp"
#include "sampler.hpp"

namespace edgec {

inline void stream_convolution(const ConvolutionCommand& c, const Queues& queues, int first, const word_t* input,
                               word_t* output, const parameter_t parameters[kParameterRows][kLanes], const Range ranges[kRanges],
                               const weight_t weights[kWeightDepth][kColumns][kLanes]) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    hls::stream<samples_t> words("words");
    hls::stream<Sums<kGroup> > sums("sums");
    hls::stream<word_t> results("results");
    EDGEC_STREAM(words, 64)
    EDGEC_STREAM(sums, 4)
    EDGEC_STREAM(results, 64)
    read_source(c, input, queues.source, first, words);
    convolve<WholePart>(c, true, words, weights, ranges, sums);
    finish(c, true, sums, parameters, results);
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
    hls::stream<Sums<kGroup> > sums("sums");
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
    convolve<WholePart>(c, true, samples, weights, ranges, sums);
    finish(c, true, sums, parameters, results);
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
    load_parameters<WholePart>(c, weights_port, sums, parameters, ranges, weights);
    if (kHasSamples)
        stream_sampled(c, queues, first, input, weights_port, output, parameters, ranges, weights);
    else
        stream_convolution(c, queues, first, input, output, parameters, ranges, weights);
}

}  // namespace edgec
