// The weight memory as it is filled: word by word, in the order in which the array takes its entries.
#pragma once

#include <hls_stream.h>

#include "loads.hpp"
#include "words.hpp"

namespace edgec {

/// The input words that outputs of a group depend on; all of them, unless channels are grouped.
struct Range {
    int begin, end;
};

/// How far the weights and ranges of a command have come.
struct WeightStore {
    int words;    // still to come, as the weight memory has them
    int weights;  // of these, weights; the rest are ranges
    int entry, output, range;
    bool second;  // the next ones are the high halves of `word`
    word_t word;
};

template <class Part>
inline WeightStore weight_store(const Load& load) {
    EDGEC_INLINE
    const ConvolutionCommand& c = load.command;
    const int words = load.any ? c.weight_words + c.range_words : 0;
    const WeightStore at = {words, c.weight_words, first_entry<Part::kDepth>(c, load.upper), 0, first_range(c, load.upper), false, 0};
    return at;
}

/// Another word can be stored at once.
inline bool has_word(const WeightStore& at, hls::stream<word_t>& in) {
    EDGEC_INLINE
    return at.words > 0 && (at.second || !in.empty());
}

template <class Part>
inline void store_weights(const ConvolutionCommand& c, WeightStore& at, hls::stream<word_t>& in,
                          weight_t weights[Part::kDepth][Part::kWeights][kLanes], Range ranges[kRanges]) {
    EDGEC_INLINE
    const bool halves = in_halves(c);
    if (!at.second) at.word = in.read();
    --at.words;
    if (at.weights == 0) {
        ranges[at.range].begin = field(at.word, 0);
        ranges[at.range].end = field(at.word, 1);
        ++at.range;
        return;
    }
weight_lanes:
    for (int l = 0; l < kLanes; ++l) {
        EDGEC_UNROLL
        const int value = lane(at.word, l);
        weights[at.entry][at.output][l] = halves ? half(value, at.second) : value;
    }
    at.second = halves && !at.second && at.weights > 1;
    --at.weights;
    if (++at.output < c.weight_outputs) return;
    at.output = 0;
    ++at.entry;
}

}  // namespace edgec
