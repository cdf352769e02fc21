// Sums of products over windows. One array of multipliers serves convolutions, dense layers and, 16 lanes of it,
// depthwise convolutions and pooling.
//
// The steps of an output pixel: for each group of outputs, for each input word of the group's range, for each row and
// column of the kernel. Weights are stored in this order, so that they are read one entry after another.
#pragma once

#include <hls_stream.h>

#include "commands.hpp"
#include "finish.hpp"
#include "pairs.hpp"
#include "weights.hpp"
#include "words.hpp"

namespace edgec {

/// What of the engine a process has: everything, or where lanes have a stage of their own, either of the two.
struct WholePart {
    static const bool kDenseSteps = true, kLaneSteps = true;
    static const int kDepth = kWeightDepth, kWeights = kColumns;
    static const int kLine = kLineWords, kPixel = kPixelWords, kOutputs = kGroup;
};

struct ArrayPart {
    static const bool kDenseSteps = true, kLaneSteps = false;
    static const int kDepth = kWeightDepth, kWeights = kColumns;
    static const int kLine = kLineWords, kPixel = kPixelWords, kOutputs = kGroup;
};

struct LanePart {
    static const bool kDenseSteps = false, kLaneSteps = true;
    static const int kDepth = kStageDepth, kWeights = kSamplePorts;
    static const int kLine = kStageLineWords, kPixel = 1, kOutputs = kLanes;
};

/// A word taken apart for the multipliers.
struct Taps {
    sample_t lane[kLanes];
};

inline Taps taps_of(const word_t& word) {
    EDGEC_INLINE
    Taps taps;
split_lanes:
    for (int l = 0; l < kLanes; ++l) {
        EDGEC_UNROLL
        taps.lane[l] = lane(word, l);
    }
    return taps;
}

inline Taps taps_of_port(const samples_t& word, int port) {
    EDGEC_INLINE
    Taps taps;
split_samples:
    for (int l = 0; l < kLanes; ++l) {
        EDGEC_UNROLL
        taps.lane[l] = sample_of(word, port, l);
    }
    return taps;
}

/// One step of the array: 16 products for each of the group's outputs, a column of multipliers for each of them. Products of
/// 16 bits by 16 bits fit 32.
inline void accumulate_dense(const Taps& x, const weight_t weights[kColumns][kLanes], bool first,
                             accumulator_t sum[kGroup]) {
    EDGEC_INLINE
dense_outputs:
    for (int o = 0; o < kColumns; ++o) {
        EDGEC_UNROLL
        int dot = 0;
    dense_lanes:
        for (int l = 0; l < kLanes; ++l) {
            EDGEC_UNROLL
            dot += static_cast<std::int16_t>(x.lane[l]) * static_cast<std::int16_t>(weights[o][l]);
        }
        sum[o] = (first ? accumulator_t(0) : sum[o]) + dot;
    }
}

/// The same where a column may hold pairs of weights, see pairs.hpp.
inline void accumulate_pairs(const Taps& x, const weight_t weights[kColumns][kLanes], bool pairs, bool first,
                             accumulator_t sum[kGroup]) {
    EDGEC_INLINE
pair_columns:
    for (int o = 0; o < kColumns; ++o) {
        EDGEC_UNROLL
        pair_sum_t dot = 0;
    pair_lanes:
        for (int l = 0; l < kLanes; ++l) {
            EDGEC_UNROLL
            dot += static_cast<pair_sum_t>(x.lane[l]) * operand(weights[o][l], pairs).to_int();
        }
        const PairSums sums = separated(dot, pairs);
        const int upper = o + kGroup - kColumns;
        sum[o] = (first ? accumulator_t(0) : sum[o]) + sums.lower;
        sum[upper] = (first ? accumulator_t(0) : sum[upper]) + sums.upper;
    }
}

/// One step lane by lane; where a step takes a column of samples, what the ports after the first add to its products.
inline void add_ports(const samples_t& word, const weight_t weights[kColumns][kLanes], int term[kLanes]) {
    EDGEC_INLINE
later_ports:
    for (int p = 1; p < kSamplePorts; ++p) {
        EDGEC_UNROLL
    later_lanes:
        for (int l = 0; l < kLanes; ++l) {
            EDGEC_UNROLL
            term[l] += sample_of(word, p, l) * static_cast<int>(weights[p][l]);
        }
    }
}

/// One step lane by lane. `more` are products of the same lanes.
inline void accumulate_lanes(int mode, const Taps& x, const weight_t weights[kColumns][kLanes], const int more[kLanes],
                             bool first, accumulator_t sum[kGroup]) {
    EDGEC_INLINE
lane_outputs:
    for (int l = 0; l < kLanes; ++l) {
        EDGEC_UNROLL
        const int value = x.lane[l];
        const int term = mode == kDepthwise ? value * static_cast<int>(weights[0][l]) + more[l] : value;
        const int before = sum[l].to_int();
        if (first)
            sum[l] = term;
        else if (mode == kMaximum)
            sum[l] = value > before ? value : before;
        else
            sum[l] = before + term;
    }
}

template <int kOutputs>
inline Sums<kOutputs> sums_of(const accumulator_t sum[kOutputs], int count) {
    EDGEC_INLINE
    Sums<kOutputs> sums;
copy_sums:
    for (int o = 0; o < kOutputs; ++o) {
        EDGEC_UNROLL
        sums.output[o] = sum[o];
    }
    sums.count = count;
    return sums;
}

/// Fills the line buffer a word at a time, in the order of memory. Where several neighbouring pixels share a word, entry
/// x holds pixels x - taps + 1 .. x: a row then has taps - 1 more entries than pixels.
struct LineFill {
    int slot, x, word;
    word_t recent;
};

inline void fill_line(const ConvolutionCommand& c, hls::stream<samples_t>& in, LineFill& at, word_t* line) {
    EDGEC_INLINE
    const word_t outside = splat(c.pad);
    word_t next = outside;
    if (at.x < c.width) next = word_t(in.read());
    if (c.taps > 1) {
        const word_t all = ~word_t(0);
        const word_t old = at.x == 0 ? outside : at.recent;
        const int width = 8 * c.tap_lanes;
        const int top = width * (c.taps - 1);
        const word_t kept = (old >> width) & ~(all << top);
        next = kept | (next << top);
        at.recent = next;
    }
    const int entries = c.width + c.taps - 1;
    line[(at.slot * entries + at.x) * c.words + at.word] = next;
    if (++at.word < c.words) return;
    at.word = 0;
    if (++at.x < entries) return;
    at.x = 0;
    if (++at.slot == c.ring_rows) at.slot = 0;
}

/// @param upper the command's weights are at the end of their memory
/// @param load the command whose weights come in meanwhile
template <class Part>
inline void convolve(const ConvolutionCommand c, bool upper, const Load load, hls::stream<samples_t>& in, hls::stream<word_t>& arriving,
                     weight_t weights[Part::kDepth][Part::kWeights][kLanes], Range ranges[kRanges],
                     hls::stream<Sums<Part::kOutputs> >& out) {
    EDGEC_INLINE_OFF
    static word_t line[Part::kLine];
    static sample_word_t pixel[Part::kPixel];  // of a direct command: the words of the pixel at hand
    const bool sampled = kHasSamples && c.deform.access != kNoSamples;
    accumulator_t sum[Part::kOutputs] = {};
    EDGEC_PARTITION(sum, 0)
    int count = 0;
    const int entries = c.width + c.taps - 1;
    const int lead = c.direct ? 0 : 1;  // before the first row of outputs, its input is read
    const bool dense = Part::kDenseSteps && (!Part::kLaneSteps || c.mode == kDense);
    const int first_weight = first_entry<Part::kDepth>(c, upper), first_group = first_range(c, upper);
    WeightStore store = weight_store<Part>(load);

each_image:
    for (int n = 0; n < c.batch; ++n) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
        LineFill fill = {0, 0, 0, 0};
        int loaded = 0;
        int slot = c.first_slot;
        int top = -c.pad_top;  // input row of the window's top; so much for `slot`
    rows:
        for (int oy = -lead; oy < c.out_height; ++oy) {
            EDGEC_TRIPS(EDGEC_MOST_ROWS)
            // While a row is computed, the rows that the next one adds come in.
            const int reach = (oy + 1) * c.stride_y - c.pad_top + (c.kernel_height - 1) * c.dilation_y + 1;
            const int needed = c.direct ? 0 : reach < c.rows ? reach : c.rows;
            const int load_steps = needed > loaded ? (needed - loaded) * entries * c.words : 0;
            const int sum_steps = oy < 0 ? 0 : c.row_steps;
            const int row_steps = load_steps > sum_steps ? load_steps : sum_steps;
            if (needed > loaded) loaded = needed;

            int group = 0, word = 0, ky = 0, kx = 0;
            int left = -c.pad_left;  // input column of the window's left edge
            int entry = first_weight;
            int seen = 0;            // direct: words of the pixel that have come
            int tap = 0;
        steps:
            for (int i = 0; i < row_steps; ++i) {
                EDGEC_PIPELINE(EDGEC_MAC_INTERVAL)
                EDGEC_TRIPS(EDGEC_MOST_STEPS)
                EDGEC_INDEPENDENT(line)     // what is filled now is read from the next row on,
                EDGEC_INDEPENDENT(weights)  // and what comes in here by the next command
                EDGEC_INDEPENDENT(ranges)
            arriving_words:
                for (int k = 0; k < EDGEC_MAC_INTERVAL; ++k) {
                    EDGEC_UNROLL
                    if (kPrefetch && has_word(store, arriving)) store_weights<Part>(load.command, store, arriving, weights, ranges);
                }
                if (i < load_steps) fill_line(c, in, fill, line);
                if (i < sum_steps) {
                    const int begin = dense ? ranges[first_group + group].begin : group;
                    const int end = dense ? ranges[first_group + group].end : group + 1;
                    const bool first = word <= begin && ky == 0 && kx == 0;
                    if (first) word = begin;

                    samples_t value = 0;
                    bool inside = true;
                    if (c.direct) {
                        const int at = word * c.kernel_height * c.kernel_width + tap;
                        if (at >= seen) {
                            value = in.read();
                            if (dense) pixel[at] = sample_word_t(value);
                            seen = at + 1;
                        } else {
                            value = pixel[at];
                        }
                    } else {
                        const int y = top + ky * c.dilation_y;
                        const int x = left + kx * c.x_advance + c.taps - 1;
                        const int wrapped = slot + ky * c.dilation_y;
                        const int row = wrapped < c.ring_rows ? wrapped : wrapped - c.ring_rows;
                        inside = y >= 0 && y < c.height && x >= 0 && x < entries;
                        value = inside ? line[(row * entries + x) * c.words + word] : splat(c.pad);
                    }

                    const Taps x = sampled ? taps_of_port(value, 0) : taps_of(word_t(value));
                    int more[kLanes] = {};
                    if (sampled && c.deform.access == kSquareSamples) add_ports(value, weights[entry], more);
                    if (dense && kPairs)
                        accumulate_pairs(x, weights[entry], in_pairs(c), first, sum);
                    else if (dense)
                        accumulate_dense(x, weights[entry], first, sum);
                    else
                        accumulate_lanes(c.mode, x, weights[entry], more, first, sum);
                    count = (first ? 0 : count) + (inside ? 1 : 0);

                    if (dense || c.mode == kDepthwise) ++entry;
                    ++tap;
                    if (++kx == c.kernel_width) {
                        kx = 0;
                        if (++ky == c.kernel_height) {
                            ky = 0;
                            tap = 0;
                            if (++word == end) {
                                out.write(sums_of<Part::kOutputs>(sum, count));
                                word = 0;
                                if (++group == c.groups) {
                                    group = 0;
                                    entry = first_weight;
                                    seen = 0;
                                    left += c.stride_x;
                                }
                            }
                        }
                    }
                }
            }
            if (oy >= 0) {
                top += c.stride_y;
                slot += c.slot_step;
                if (slot >= c.ring_rows) slot -= c.ring_rows;
            }
        }
    }
    const int rest = store.words;
remaining_weights:
    for (int i = 0; i < rest; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        store_weights<Part>(load.command, store, arriving, weights, ranges);
    }
}

}  // namespace edgec
