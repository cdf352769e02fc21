// What a command of the convolution engine needs before its first sum: weights, ranges of inputs and parameters, in this order, which is that
// of memory.
//
// They come in while the command before is computed. Its array takes a word of weights in each cycle of a step, what finishes results a parameter
// in each of its intervals, and neither waits for one: a queue that is empty is passed over. They go where that command's are not, for commands lie at the begin and
// at the end of the memories by turns; two that do not fit there together are loaded one after the other. What has not come when the command
// before ends comes then, as all does for a command that has none before it.
#pragma once

#include <hls_stream.h>

#include "commands.hpp"
#include "pairs.hpp"
#include "words.hpp"

namespace edgec {

/// What the engine is to do: a command, or where it has two stages one for each, the first of which may stream to the last. Where only one of
/// the stages works, both are the same.
struct EngineCommands {
    ConvolutionCommand array, lanes;
    bool streams;
};

inline bool uses_array(const EngineCommands& c) {
    EDGEC_INLINE
    return !kStaged || c.array.mode == kDense;
}

inline bool uses_lanes(const EngineCommands& c) {
    EDGEC_INLINE
    return kStaged && (c.streams || c.array.mode != kDense);
}

/// How a command takes its turn.
struct Turn {
    bool upper;    // its weights are at the end of their memory
    bool loaded;   // they have come
    bool fetches;  // those of the next one are to come meanwhile, at the other end
};

/// What one part of the engine loads: a command's weights and parameters, or nothing.
struct Load {
    ConvolutionCommand command;
    bool any, upper;
};

struct Loads {
    Load array, lanes;
};

inline Loads loads_of(const EngineCommands& c, bool any, bool upper) {
    EDGEC_INLINE
    const Loads loads = {{c.array, any && uses_array(c), upper}, {c.lanes, any && uses_lanes(c), upper}};
    return loads;
}

/// The same command with nothing to compute.
inline ConvolutionCommand idle(const ConvolutionCommand& c) {
    EDGEC_INLINE
    ConvolutionCommand none = c;
    none.batch = 0;
    none.source.count2 = 0;
    none.target.count2 = 0;
    return none;
}

/// Rows of parameters that a command takes.
inline int parameter_rows(const ConvolutionCommand& c) {
    EDGEC_INLINE
    return c.parameter_row == kByOutput ? c.out_words : c.parameter_words;
}

template <int kDepth>
inline int first_entry(const ConvolutionCommand& c, bool upper) {
    EDGEC_INLINE
    return upper ? kDepth - c.entries : 0;
}

template <int kRows>
inline int first_row(const ConvolutionCommand& c, bool upper) {
    EDGEC_INLINE
    return upper ? kRows - parameter_rows(c) : 0;
}

inline int first_range(const ConvolutionCommand& c, bool upper) {
    EDGEC_INLINE
    return upper ? kRanges - c.range_words : 0;
}

/// Two commands fit the memories of the engine together.
inline bool fit_together(const EngineCommands& a, const EngineCommands& b) {
    EDGEC_INLINE
    const bool arrays = a.array.entries + b.array.entries <= kWeightDepth && a.array.range_words + b.array.range_words <= kRanges &&
                        parameter_rows(a.array) + parameter_rows(b.array) <= kParameterRows;
    const bool lanes = a.lanes.entries + b.lanes.entries <= kStageDepth &&
                       parameter_rows(a.lanes) + parameter_rows(b.lanes) <= kStageParameterRows;
    return (!uses_array(a) || !uses_array(b) || arrays) && (!uses_lanes(a) || !uses_lanes(b) || lanes);
}

/// 4-bit weights that lie two to a byte in memory and one in each byte on chip; pairs stay together.
inline bool in_halves(const ConvolutionCommand& c) {
    EDGEC_INLINE
    return c.packed_weights && !in_pairs(c);
}

inline void fetch_weights(const Load& load, const word_t* memory, hls::stream<word_t>& out) {
    EDGEC_INLINE_OFF
    const ConvolutionCommand& c = load.command;
    const int weights = in_halves(c) ? (c.weight_words + 1) / 2 : c.weight_words;
fetch_weight_words:
    for (int i = 0; i < (load.any ? weights : 0); ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        out.write(memory[c.weights + i]);
    }
fetch_ranges:
    for (int i = 0; i < (load.any ? c.range_words : 0); ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        out.write(memory[c.parameters + i]);
    }
}

inline void fetch_parameters(const Load& load, const word_t* memory, hls::stream<word_t>& out) {
    EDGEC_INLINE_OFF
    const ConvolutionCommand& c = load.command;
fetch_parameter_words:
    for (int i = 0; i < (load.any ? c.parameter_words : 0); ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        out.write(memory[c.parameters + c.range_words + i]);
    }
}

}  // namespace edgec
