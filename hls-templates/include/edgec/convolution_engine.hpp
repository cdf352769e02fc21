// The convolution engine: read, sum, finish, write, all at once, and meanwhile the weights and parameters of the next command come in.
#pragma once

#include "convolution.hpp"
#include "experts.hpp"
#include "finish.hpp"
#include "product.hpp"
#include "sampler.hpp"

namespace edgec {

inline void fetch(const Load load, const word_t* memory, hls::stream<word_t>& weights, hls::stream<word_t>& parameters) {
    EDGEC_INLINE_OFF
    fetch_weights(load, memory, weights);
    fetch_parameters(load, memory, parameters);
}

/// Both come through one port: the offsets and masks of a command, then what the next one needs.
inline void read_fields_and_fetch(const ConvolutionCommand& c, const Load load, const word_t* memory, hls::stream<word_t>& fields,
                                  hls::stream<word_t>& weights, hls::stream<word_t>& parameters) {
    EDGEC_INLINE_OFF
    read_fields(c, memory, fields);
    fetch(load, memory, weights, parameters);
}

inline void stream_convolution(const ConvolutionCommand& c, bool upper, const Load& load, const Queues& queues, int first, const word_t* input,
                               const word_t* weights_port, word_t* output, const int right_sums[kParameterRows][kLanes],
                               parameter_t parameters[kParameterRows][kLanes], Range ranges[kRanges],
                               weight_t weights[kWeightDepth][kColumns][kLanes]) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    hls::stream<samples_t> words("words");
    hls::stream<word_t> arriving("arriving");
    hls::stream<word_t> arriving_parameters("arriving_parameters");
    hls::stream<Sums<kGroup> > sums("sums");
    hls::stream<word_t> results("results");
    EDGEC_STREAM(words, 64)
    EDGEC_STREAM(arriving, 16)
    EDGEC_STREAM(arriving_parameters, 16)
    EDGEC_STREAM(sums, 4)
    EDGEC_STREAM(results, 64)
    read_source(c, input, queues.source, first, words);
    fetch(load, weights_port, arriving, arriving_parameters);
    convolve<WholePart>(c, upper, load, words, arriving, weights, ranges, sums);
    finish(c, upper, load, sums, arriving_parameters, right_sums, parameters, results);
    write_target(c, results, output, queues.target, first);
}

/// The same where some convolutions are deformable: words of the others pass the sampler by. The queues of places are as
/// long as a read of memory takes, for the words that belong to them come so much later.
inline void stream_sampled(const ConvolutionCommand& c, bool upper, const Load& load, const Queues& queues, int first, const word_t* input,
                           const word_t* weights_port, word_t* output, const int right_sums[kParameterRows][kLanes],
                           parameter_t parameters[kParameterRows][kLanes], Range ranges[kRanges],
                           weight_t weights[kWeightDepth][kColumns][kLanes]) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    hls::stream<word_t> fields("fields");
    hls::stream<word_t> arriving("arriving");
    hls::stream<word_t> arriving_parameters("arriving_parameters");
    hls::stream<Place> places("places");
    hls::stream<int> addresses("addresses");
    hls::stream<word_t> words("words");
    hls::stream<samples_t> samples("samples");
    hls::stream<Sums<kGroup> > sums("sums");
    hls::stream<word_t> results("results");
    EDGEC_STREAM(fields, 64)
    EDGEC_STREAM(arriving, 16)
    EDGEC_STREAM(arriving_parameters, 16)
    EDGEC_STREAM(places, 128)
    EDGEC_STREAM(addresses, 64)
    EDGEC_STREAM(words, 64)
    EDGEC_STREAM(samples, 16)
    EDGEC_STREAM(sums, 4)
    EDGEC_STREAM(results, 64)
    read_fields_and_fetch(c, load, weights_port, fields, arriving, arriving_parameters);
    locate(c, fields, places, addresses);
    read_image(c, input, queues.source, first, addresses, words);
    sample(c, words, places, samples);
    convolve<WholePart>(c, upper, load, samples, arriving, weights, ranges, sums);
    finish(c, upper, load, sums, arriving_parameters, right_sums, parameters, results);
    write_target(c, results, output, queues.target, first);
}

/// A command whose queue, if it has one, is not empty; `next` is the one whose weights come in meanwhile, if any are to.
inline void run_convolution(const EngineCommands& own, const EngineCommands& next, const Turn& turn, const Queues& queues, const word_t* input,
                            const word_t* weights_port, word_t* output) {
    EDGEC_INLINE_OFF
    const bool listed = kHasExperts && own.array.expert >= 0;
    const int first = listed ? queues.first[own.array.expert] : 0;
    const ConvolutionCommand c = listed ? of_queue(own.array, queues.first[own.array.expert + 1] - first) : own.array;
    // A column's weights lie in a memory of their own, 16 lanes wide.
    static weight_t weights[kWeightDepth][kColumns][kLanes];
    EDGEC_PARTITION(weights, 2)
    EDGEC_RESHAPE(weights, 3)
    EDGEC_BLOCK_RAM(weights)
    static parameter_t parameters[kParameterRows][kLanes];
    EDGEC_PARTITION_CYCLIC(parameters, 2, EDGEC_PARAMETER_BANKS)
    EDGEC_LUTRAM(parameters)
    static Range ranges[kRanges];
    static int sums[kParameterRows][kLanes];
    EDGEC_PARTITION(sums, 2)
    if (kHasProducts && c.right_side != kConstantRight) load_right_side(c, weights_port, sums, weights);
    // A command that has not come yet takes a turn before its own, in which nothing is computed.
turns:
    for (int pass = turn.loaded ? 1 : 0; pass < 2; ++pass) {
        const ConvolutionCommand at_work = pass == 0 ? idle(c) : c;
        const Load load = pass == 0 ? loads_of(own, true, turn.upper).array : loads_of(next, turn.fetches, !turn.upper).array;
        if (kHasSamples)
            stream_sampled(at_work, turn.upper, load, queues, first, input, weights_port, output, sums, parameters, ranges, weights);
        else
            stream_convolution(at_work, turn.upper, load, queues, first, input, weights_port, output, sums, parameters, ranges, weights);
    }
}

}  // namespace edgec
