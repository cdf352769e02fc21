// The convolution engine in two stages. The array computes what needs all inputs; the stage behind it, with a line buffer, weights and
// a requantizer of its own, what goes lane by lane: depthwise convolutions and pooling. Either takes its words from memory and passes the
// other by; or the array's results go to the stage as they come, pixel after pixel, and are never in memory.
#pragma once

#include "convolution.hpp"
#include "experts.hpp"
#include "finish.hpp"
#include "product.hpp"
#include "sampler.hpp"

namespace edgec {

/// What the stages do in a turn: each its command, or nothing.
struct StageWork {
    ConvolutionCommand array, lanes;
    ConvolutionCommand first, last;  // the one whose words come from memory, and the one whose results go there
    bool on_array, on_lanes, streams;
};

inline StageWork work_of(const EngineCommands& c, bool computes) {
    EDGEC_INLINE
    const bool on_array = computes && uses_array(c), on_lanes = computes && uses_lanes(c);
    const ConvolutionCommand array = on_array ? c.array : idle(c.array), lanes = on_lanes ? c.lanes : idle(c.lanes);
    const StageWork work = {array, lanes, on_array ? array : lanes, on_lanes ? lanes : array, on_array, on_lanes, c.streams};
    return work;
}

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
inline void finish_stage(const ConvolutionCommand c, bool upper, const Load load, hls::stream<Sums<kLanes> >& in, hls::stream<word_t>& arriving,
                         parameter_t parameters[kStageParameterRows][kLanes], hls::stream<word_t>& out) {
    EDGEC_INLINE_OFF
    const int base = first_row<kStageParameterRows>(c, upper);
    ParameterStore store = parameter_store<kStageParameterRows>(load);
    int row = 0;
    const int words = results(c);
finish_stage_words:
    for (int done = 0; done < words;) {
        EDGEC_PIPELINE(EDGEC_STAGE_FINISH_INTERVAL)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        EDGEC_INDEPENDENT(parameters)
        if (!kPrefetch || store.words == 0 || !in.empty()) {
            const Sums<kLanes> sums = in.read();
            out.write(finished_word<kLanes>(c, sums, 0, parameters, base + parameter_row(c, row, sums.count)));
            ++done;
            if (++row == c.out_words) row = 0;
        }
        if (kPrefetch && store.words > 0 && !arriving.empty())
            store_parameter<kStageParameterRows>(load.command, store, parameter(arriving.read()), parameters);
    }
    const bool rows = load.command.parameter_row != kByOutput;
    const int rest = store.words;
finish_stage_parameters:
    for (int i = 0; i < (rows ? 0 : rest); ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        store_parameter_of_output<kStageParameterRows>(store, parameter(arriving.read()), parameters);
    }
finish_stage_parameter_rows:
    for (int i = 0; i < (rows ? rest : 0); ++i) {
        EDGEC_PIPELINE(EDGEC_STAGE_FINISH_INTERVAL)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        store_parameter_row<kStageParameterRows>(store, parameter(arriving.read()), parameters);
    }
}

inline void fetch_stages(const Loads loads, const word_t* memory, hls::stream<word_t>& weights, hls::stream<word_t>& stage_weights,
                         hls::stream<word_t>& parameters, hls::stream<word_t>& stage_parameters) {
    EDGEC_INLINE_OFF
    fetch_weights(loads.array, memory, weights);
    fetch_weights(loads.lanes, memory, stage_weights);
    fetch_parameters(loads.array, memory, parameters);
    fetch_parameters(loads.lanes, memory, stage_parameters);
}

/// Both come through one port: the offsets and masks of a command, then what the next one needs.
inline void read_fields_and_fetch_stages(const ConvolutionCommand& c, const Loads loads, const word_t* memory, hls::stream<word_t>& fields,
                                         hls::stream<word_t>& weights, hls::stream<word_t>& stage_weights,
                                         hls::stream<word_t>& parameters, hls::stream<word_t>& stage_parameters) {
    EDGEC_INLINE_OFF
    read_fields(c, memory, fields);
    fetch_stages(loads, memory, weights, stage_weights, parameters, stage_parameters);
}

/// From words or samples to memory. A command of the array alone leaves the stage idle, and one of the stage the array.
inline void stream_stages(const StageWork& c, bool upper, const Loads& loads, const int rows[kQueueRows], int first,
                          hls::stream<samples_t>& words, hls::stream<word_t>& arriving, hls::stream<word_t>& stage_arriving,
                          hls::stream<word_t>& arriving_parameters, hls::stream<word_t>& stage_arriving_parameters, word_t* output,
                          const int right_sums[kParameterRows][kLanes], parameter_t parameters[kParameterRows][kLanes], Range ranges[kRanges],
                          weight_t weights[kWeightDepth][kColumns][kLanes], parameter_t stage_parameters[kStageParameterRows][kLanes],
                          Range stage_ranges[1], weight_t stage_weights[kStageDepth][kSamplePorts][kLanes]) {
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
    split(arrivals(c.first), c.on_array, words, array_words, passing);
    convolve<ArrayPart>(c.array, upper, loads.array, array_words, arriving, weights, ranges, sums);
    finish(c.array, upper, loads.array, sums, arriving_parameters, right_sums, parameters, made);
    split(results(c.array), c.streams, made, onward, kept);
    join(c.streams ? results(c.array) : arrivals(c.lanes), c.streams, onward, passing, stage_words);
    convolve<LanePart>(c.lanes, upper, loads.lanes, stage_words, stage_arriving, stage_weights, stage_ranges, stage_sums);
    finish_stage(c.lanes, upper, loads.lanes, stage_sums, stage_arriving_parameters, stage_parameters, stage_made);
    join(results(c.last), c.on_lanes, stage_made, kept, written);
    write_target(c.last, written, output, rows, first);
}

/// Words from memory, or the samples of a deformable convolution; words of the others pass the sampler by. Beside them what the next
/// command needs.
inline void read_samples(const ConvolutionCommand& c, const Loads& loads, const int rows[kQueueRows], int first, const word_t* input,
                         const word_t* weights_port, hls::stream<samples_t>& out, hls::stream<word_t>& arriving, hls::stream<word_t>& stage_arriving,
                         hls::stream<word_t>& arriving_parameters, hls::stream<word_t>& stage_arriving_parameters) {
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
    read_fields_and_fetch_stages(c, loads, weights_port, fields, arriving, stage_arriving, arriving_parameters, stage_arriving_parameters);
    locate(c, fields, places, addresses);
    read_image(c, input, rows, first, addresses, words);
    sample(c, words, places, out);
}

inline void read_plain(const ConvolutionCommand& c, const Loads& loads, const int rows[kQueueRows], int first, const word_t* input,
                       const word_t* weights_port, hls::stream<samples_t>& out, hls::stream<word_t>& arriving, hls::stream<word_t>& stage_arriving,
                       hls::stream<word_t>& arriving_parameters, hls::stream<word_t>& stage_arriving_parameters) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    read_source(c, input, rows, first, out);
    fetch_stages(loads, weights_port, arriving, stage_arriving, arriving_parameters, stage_arriving_parameters);
}

inline void read_any(const ConvolutionCommand& c, const Loads& loads, const int rows[kQueueRows], int first, const word_t* input,
                     const word_t* weights_port, hls::stream<samples_t>& out, hls::stream<word_t>& arriving, hls::stream<word_t>& stage_arriving,
                     hls::stream<word_t>& arriving_parameters, hls::stream<word_t>& stage_arriving_parameters) {
    EDGEC_INLINE_OFF
    if (kHasSamples)
        read_samples(c, loads, rows, first, input, weights_port, out, arriving, stage_arriving, arriving_parameters, stage_arriving_parameters);
    else
        read_plain(c, loads, rows, first, input, weights_port, out, arriving, stage_arriving, arriving_parameters, stage_arriving_parameters);
}

inline void read_and_compute(const StageWork& c, bool upper, const Loads& loads, const Queues& queues, int first, const word_t* input,
                             const word_t* weights_port, word_t* output, const int right_sums[kParameterRows][kLanes],
                             parameter_t parameters[kParameterRows][kLanes], Range ranges[kRanges],
                             weight_t weights[kWeightDepth][kColumns][kLanes], parameter_t stage_parameters[kStageParameterRows][kLanes],
                             Range stage_ranges[1], weight_t stage_weights[kStageDepth][kSamplePorts][kLanes]) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    hls::stream<samples_t> samples("samples");
    hls::stream<word_t> arriving("arriving");
    hls::stream<word_t> stage_arriving("stage_arriving");
    hls::stream<word_t> arriving_parameters("arriving_parameters");
    hls::stream<word_t> stage_arriving_parameters("stage_arriving_parameters");
    EDGEC_STREAM(samples, 64)
    EDGEC_STREAM(arriving, 16)
    EDGEC_STREAM(stage_arriving, 16)
    EDGEC_STREAM(arriving_parameters, 16)
    EDGEC_STREAM(stage_arriving_parameters, 16)
    read_any(c.first, loads, queues.source, first, input, weights_port, samples, arriving, stage_arriving, arriving_parameters, stage_arriving_parameters);
    stream_stages(c, upper, loads, queues.target, first, samples, arriving, stage_arriving, arriving_parameters, stage_arriving_parameters, output,
                  right_sums, parameters, ranges, weights, stage_parameters, stage_ranges, stage_weights);
}

/// A command of the array or the stage, or one of each, the first streaming to the last; `next` is what comes in meanwhile. A queue, if there is
/// one, is not empty.
inline void run_stages(const EngineCommands& command, const EngineCommands& next, const Turn& turn, const Queues& queues, const word_t* input,
                       const word_t* weights_port, word_t* output) {
    EDGEC_INLINE_OFF
    const bool listed = kHasExperts && command.array.expert >= 0;
    const int at = listed ? queues.first[command.array.expert] : 0;
    EngineCommands own = command;
    if (listed) own.array = of_queue(command.array, queues.first[command.array.expert + 1] - at);
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
    static weight_t stage_weights[kStageDepth][kSamplePorts][kLanes];
    EDGEC_PARTITION(stage_weights, 2)
    EDGEC_RESHAPE(stage_weights, 3)
    EDGEC_BLOCK_RAM(stage_weights)
    static parameter_t stage_parameters[kStageParameterRows][kLanes];
    EDGEC_PARTITION_CYCLIC(stage_parameters, 2, EDGEC_STAGE_PARAMETER_BANKS)
    EDGEC_LUTRAM(stage_parameters)
    static Range stage_ranges[1];
    if (kHasProducts && own.array.right_side != kConstantRight) load_right_side(own.array, weights_port, sums, weights);
turns:
    for (int pass = turn.loaded ? 1 : 0; pass < 2; ++pass) {
        const StageWork work = work_of(own, pass == 1);
        const Loads loads = pass == 0 ? loads_of(own, true, turn.upper) : loads_of(next, turn.fetches, !turn.upper);
        read_and_compute(work, turn.upper, loads, queues, at, input, weights_port, output, sums, parameters, ranges, weights, stage_parameters,
                         stage_ranges, stage_weights);
    }
}

}  // namespace edgec
