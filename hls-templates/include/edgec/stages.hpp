// The convolution engine in two stages. The array computes what needs all inputs; the stage behind it, with a line buffer, weights and
// a requantizer of its own, what goes lane by lane: depthwise convolutions and pooling. Either takes its words from memory and passes the
// other by; or the array's results go to the stage as they come, pixel after pixel, and are never in memory.
#pragma once

#include "convolution.hpp"
#include "experts.hpp"
#include "finish.hpp"
#include "parameters.hpp"
#include "sampler.hpp"

namespace edgec {

/// The two commands at work; where only one of the stages is, they are the same.
struct StageCommands {
    ConvolutionCommand array, lanes;
};

/// Words or samples that come from memory for a command.
inline int arrivals(const ConvolutionCommand& c) {
    EDGEC_INLINE
    if (kHasSamples && c.deform.access != kNoSamples)
        return c.batch * c.out_height * c.out_width * c.words * c.kernel_height * c.kernel_width;
    return c.source.count0 * c.source.count1 * c.source.count2 * c.source.run;
}

inline int results(const ConvolutionCommand& c) {
    EDGEC_INLINE
    return c.batch * c.out_height * c.out_width * c.out_words;
}

/// To one of two streams.
template <class T>
inline void split(int words, bool to_first, hls::stream<T>& in, hls::stream<T>& first, hls::stream<T>& second) {
    EDGEC_INLINE_OFF
split_words:
    for (int i = 0; i < words; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        const T word = in.read();
        if (to_first)
            first.write(word);
        else
            second.write(word);
    }
}

/// From one of two streams.
template <class First, class Second>
inline void join(int words, bool from_first, hls::stream<First>& first, hls::stream<Second>& second, hls::stream<Second>& out) {
    EDGEC_INLINE_OFF
join_words:
    for (int i = 0; i < words; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        if (from_first)
            out.write(Second(first.read()));
        else
            out.write(second.read());
    }
}

/// As finish, for the words of the stage behind the array: each is a group.
inline void finish_stage(const ConvolutionCommand c, bool runs, hls::stream<Sums<kLanes> >& in,
                         const parameter_t parameters[kStageParameterRows][kLanes], hls::stream<word_t>& out) {
    EDGEC_INLINE_OFF
    int row = 0;
    const int words = runs ? results(c) : 0;
finish_stage_words:
    for (int i = 0; i < words; ++i) {
        EDGEC_PIPELINE(EDGEC_STAGE_FINISH_INTERVAL)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        const Sums<kLanes> sums = in.read();
        out.write(finished_word<kLanes>(c, sums, 0, parameters, parameter_row(c, row, sums.count)));
        if (++row == c.out_words) row = 0;
    }
}

/// From words or samples to memory. A command of the array alone leaves the stage idle, and one of the stage the array.
inline void stream_stages(const StageCommands& c, const int rows[kQueueRows], int first, hls::stream<samples_t>& words, word_t* output,
                          const parameter_t parameters[kParameterRows][kLanes], const Range ranges[kRanges],
                          const weight_t weights[kWeightDepth][kColumns][kLanes],
                          const parameter_t stage_parameters[kStageParameterRows][kLanes], const Range stage_ranges[1],
                          const weight_t stage_weights[kStageDepth][kSamplePorts][kLanes], bool array, bool streams) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    hls::stream<samples_t> array_words("array_words");
    hls::stream<samples_t> passing("passing");
    hls::stream<Sums<kGroup> > sums("sums");
    hls::stream<word_t> made("made");
    hls::stream<word_t> onward("onward");
    hls::stream<word_t> kept("kept");
    hls::stream<samples_t> stage_words("stage_words");
    hls::stream<Sums<kLanes> > stage_sums("stage_sums");
    hls::stream<word_t> stage_made("stage_made");
    hls::stream<word_t> written("written");
    EDGEC_STREAM(array_words, 16)
    EDGEC_STREAM(passing, 16)
    EDGEC_STREAM(sums, 4)
    EDGEC_STREAM(made, 16)
    EDGEC_STREAM(onward, 64)
    EDGEC_STREAM(kept, 16)
    EDGEC_STREAM(stage_words, 16)
    EDGEC_STREAM(stage_sums, 4)
    EDGEC_STREAM(stage_made, 16)
    EDGEC_STREAM(written, 64)
    split(arrivals(c.array), array, words, array_words, passing);
    convolve<ArrayPart>(c.array, array, array_words, weights, ranges, sums);
    finish(c.array, array, sums, parameters, made);
    split(array ? results(c.array) : 0, streams, made, onward, kept);
    join(streams ? results(c.array) : array ? 0 : arrivals(c.array), streams, onward, passing, stage_words);
    convolve<LanePart>(c.lanes, streams || !array, stage_words, stage_weights, stage_ranges, stage_sums);
    finish_stage(c.lanes, streams || !array, stage_sums, stage_parameters, stage_made);
    join(results(c.lanes), streams || !array, stage_made, kept, written);
    write_target(c.lanes, written, output, rows, first);
}

/// The samples of a deformable convolution; words of the others pass the sampler by.
inline void read_samples(const ConvolutionCommand& c, const int rows[kQueueRows], int first, const word_t* input, const word_t* field_port,
                         hls::stream<samples_t>& out) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    hls::stream<word_t> fields("fields");
    hls::stream<Place> places("places");
    hls::stream<int> addresses("addresses");
    hls::stream<word_t> words("words");
    EDGEC_STREAM(fields, 64)
    EDGEC_STREAM(places, 128)
    EDGEC_STREAM(addresses, 64)
    EDGEC_STREAM(words, 64)
    read_fields(c, field_port, fields);
    locate(c, fields, places, addresses);
    read_image(c, input, rows, first, addresses, words);
    sample(c, words, places, out);
}

inline void read_any(const ConvolutionCommand& c, const int rows[kQueueRows], int first, const word_t* input, const word_t* field_port,
                     hls::stream<samples_t>& out) {
    EDGEC_INLINE_OFF
    if (kHasSamples)
        read_samples(c, rows, first, input, field_port, out);
    else
        read_source(c, input, rows, first, out);
}

inline void read_and_compute(const StageCommands& c, const Queues& queues, int first, const word_t* input, const word_t* field_port, word_t* output,
                             const parameter_t parameters[kParameterRows][kLanes], const Range ranges[kRanges],
                             const weight_t weights[kWeightDepth][kColumns][kLanes],
                             const parameter_t stage_parameters[kStageParameterRows][kLanes], const Range stage_ranges[1],
                             const weight_t stage_weights[kStageDepth][kSamplePorts][kLanes], bool array, bool streams) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    hls::stream<samples_t> samples("samples");
    EDGEC_STREAM(samples, 64)
    read_any(c.array, queues.source, first, input, field_port, samples);
    stream_stages(c, queues.target, first, samples, output, parameters, ranges, weights, stage_parameters, stage_ranges, stage_weights, array, streams);
}

/// A command of the array or the stage, or one of each, the first streaming to the last.
inline void run_stages(const ConvolutionCommand& command, const ConvolutionCommand& last, bool streams, const Queues& queues,
                       const word_t* input, const word_t* weights_port, word_t* output) {
    EDGEC_INLINE_OFF
    const bool listed = kHasExperts && command.expert >= 0;
    const int at = listed ? queues.first[command.expert] : 0;
    const int rows = listed ? queues.first[command.expert + 1] - at : 0;
    if (listed && rows == 0) return;
    const ConvolutionCommand first = listed ? of_queue(command, rows) : command;
    static weight_t weights[kWeightDepth][kColumns][kLanes];
    EDGEC_PARTITION(weights, 2)
    EDGEC_RESHAPE(weights, 3)
    static parameter_t parameters[kParameterRows][kLanes];
    EDGEC_PARTITION_CYCLIC(parameters, 2, EDGEC_PARAMETER_BANKS)
    EDGEC_LUTRAM(parameters)
    static Range ranges[kRanges];
    static int sums[kParameterRows][kLanes];
    EDGEC_PARTITION(sums, 2)
    static weight_t stage_weights[kStageDepth][kSamplePorts][kLanes];
    EDGEC_PARTITION(stage_weights, 2)
    EDGEC_RESHAPE(stage_weights, 3)
    static parameter_t stage_parameters[kStageParameterRows][kLanes];
    EDGEC_PARTITION_CYCLIC(stage_parameters, 2, EDGEC_STAGE_PARAMETER_BANKS)
    EDGEC_LUTRAM(stage_parameters)
    static Range stage_ranges[1];
    const bool array = first.mode == kDense;
    if (kHasProducts && first.right_side != kConstantRight) load_right_side(first, weights_port, sums, weights);
    if (array) load_parameters<ArrayPart>(first, weights_port, sums, parameters, ranges, weights);
    if (streams || !array) load_parameters<LanePart>(last, weights_port, sums, stage_parameters, stage_ranges, stage_weights);
    const StageCommands c = {first, listed ? first : last};
    read_and_compute(c, queues, at, input, weights_port, output, parameters, ranges, weights, stage_parameters, stage_ranges, stage_weights, array, streams);
}

}  // namespace edgec
