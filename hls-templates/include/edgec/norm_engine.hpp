// The normalisation engine: rows by their deviation, then a gain and a bias for each channel.
//
// A block is one row, which lies along words, or the rows that lie in the lanes of the same words, a group of channels each.
// A row's two sums are taken while its words arrive; its factors follow from them; then the words, which have waited on chip
// or are read again, become results. The three work at once, on different blocks.
#pragma once

#include <hls_stream.h>

#include "commands.hpp"
#include "edgec_arithmetic.hpp"
#include "transfer.hpp"
#include "words.hpp"

namespace edgec {

/// Sums lane by lane: a row along words has 16 such, of rows in lanes each lane has its own.
struct NormSums {
    int elements[kLanes];
    ap_uint<40> squares[kLanes];
};

/// What an element of a lane is normalised by.
struct NormFactors {
    int offset[kLanes];  // of an element times the command's factor
    ap_uint<16> reciprocal[kLanes];
    ap_uint<6> shift[kLanes];
};

/// Where in a block a step is. Along, words follow one another; in lanes, the positions of a word do.
struct NormPlace {
    int word, position;
    int phase;  // word of a storage row
};

/// One step on; true where the sums of a row or, in lanes, of a word are complete.
inline bool next_place(const NormCommand& c, NormPlace& at) {
    EDGEC_INLINE
    if (c.group_channels != 0) {
        if (++at.position < c.length) return false;
        at.position = 0;
        if (++at.word == c.words) at.word = 0;
        at.phase = at.word;
        return true;
    }
    if (++at.phase == c.line) at.phase = 0;
    if (++at.word < c.words) return false;
    at.word = 0;
    if (++at.position < c.length) return false;
    at.position = 0;
    return true;
}

/// For each word of channels, gains in two words of 16-bit numbers and biases in four of 32.
inline void load_channels(const NormCommand& c, const word_t* memory, std::int16_t gains[kNormChannelWords][kLanes],
                          int biases[kNormChannelWords][kLanes]) {
    EDGEC_INLINE_OFF
    int address = c.parameters;
channel_words:
    for (int i = 0; i < c.channel_words; ++i) {
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
    gain_words:
        for (int half_of = 0; half_of < 2; ++half_of) {
            EDGEC_PIPELINE(1)
            const word_t word = memory[address + half_of];
        gain_lanes:
            for (int l = 0; l < kLanes / 2; ++l) {
                EDGEC_UNROLL
                gains[i][half_of * kLanes / 2 + l] = static_cast<std::int16_t>(word.range(16 * l + 15, 16 * l).to_uint());
            }
        }
    bias_words:
        for (int quarter = 0; quarter < 4; ++quarter) {
            EDGEC_PIPELINE(1)
            const word_t word = memory[address + 2 + quarter];
        bias_lanes:
            for (int l = 0; l < kLanes / 4; ++l) {
                EDGEC_UNROLL
                biases[i][quarter * kLanes / 4 + l] = field(word, l);
            }
        }
        address += 6;
    }
}

inline void sum_blocks(const NormCommand c, hls::stream<word_t>& in, hls::stream<word_t>& held, hls::stream<NormSums>& out) {
    EDGEC_INLINE_OFF
    NormSums sums;
    NormPlace at = {0, 0, 0};
    bool begins = true;
    const int steps = c.blocks * c.length * c.words;
sum_block_words:
    for (int i = 0; i < steps; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        const word_t word = in.read();
        if (c.held) held.write(word);
        const int lanes = at.phase == c.line - 1 ? c.tail : kLanes;
    sum_block_lanes:
        for (int l = 0; l < kLanes; ++l) {
            EDGEC_UNROLL
            const int q = l < lanes ? static_cast<int>(lane(word, l)) : 0;
            sums.elements[l] = (begins ? 0 : sums.elements[l]) + q;
            sums.squares[l] = (begins ? ap_uint<40>(0) : sums.squares[l]) + ap_uint<40>(q * q);
        }
        begins = next_place(c, at);
        if (begins) out.write(sums);
    }
}

/// The factors of a row from its exact sums: its deviation is rounded nowhere but in the named functions.
inline void row_factors(const NormCommand& c, int elements, ap_uint<40> squares, int& offset, ap_uint<16>& reciprocal,
                        ap_uint<6>& shift) {
    EDGEC_INLINE
    const long long count = c.count, sum = elements, square = static_cast<long long>(squares.to_uint64());
    const long long total =
        c.centered ? count * square - sum * sum : square + c.input_zero * (c.input_zero * count - 2 * sum);
    const ap_uint<64> guarded = (ap_uint<64>(total) << c.guard) + ap_uint<64>(c.epsilon);
    const int k = layer_norm_normalization_shift(guarded).to_int();
    reciprocal = layer_norm_reciprocal(guarded, k);
    shift = 31 + k + c.fraction - c.guard / 2;
    offset = c.centered ? elements : c.input_zero;
}

inline void along_factors(const NormCommand& c, hls::stream<NormSums>& in, hls::stream<NormFactors>& out) {
    EDGEC_INLINE_OFF
along_blocks:
    for (int b = 0; b < c.blocks; ++b) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
        const NormSums sums = in.read();
        int elements = 0;
        ap_uint<40> squares = 0;
    along_lanes:
        for (int l = 0; l < kLanes; ++l) {
            EDGEC_UNROLL
            elements += sums.elements[l];
            squares += sums.squares[l];
        }
        int offset = 0;
        ap_uint<16> reciprocal = 0;
        ap_uint<6> shift = 0;
        row_factors(c, elements, squares, offset, reciprocal, shift);
        NormFactors factors;
    along_copies:
        for (int l = 0; l < kLanes; ++l) {
            EDGEC_UNROLL
            factors.offset[l] = offset;
            factors.reciprocal[l] = reciprocal;
            factors.shift[l] = shift;
        }
        out.write(factors);
    }
}

/// Rows in lanes: channel by channel the sums of a group, then its factors to each of its channels.
inline void group_factors(const NormCommand& c, hls::stream<NormSums>& in, hls::stream<NormFactors>& out) {
    EDGEC_INLINE_OFF
    NormSums sums[kNormGroupWords];
    NormFactors factors[kNormGroupWords];
    // Lanes that fill a storage row up have no group.
lanes_without_channels:
    for (int l = 0; l < kLanes; ++l) {
        EDGEC_UNROLL
        factors[c.words - 1].offset[l] = 0;
        factors[c.words - 1].reciprocal[l] = 0;
        factors[c.words - 1].shift[l] = 8;
    }
group_blocks:
    for (int b = 0; b < c.blocks; ++b) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
    group_sums:
        for (int w = 0; w < c.words; ++w) {
            EDGEC_PIPELINE(1)
            EDGEC_TRIPS(EDGEC_MOST_WORDS)
            sums[w] = in.read();
        }
        int first = 0;
    groups_of_block:
        for (int g = 0; g < c.groups; ++g) {
            EDGEC_TRIPS(EDGEC_MOST_ROWS)
            int elements = 0;
            ap_uint<40> squares = 0;
        group_channels:
            for (int i = first; i < first + c.group_channels; ++i) {
                EDGEC_PIPELINE(1)
                EDGEC_TRIPS(EDGEC_MOST_ROWS)
                elements += sums[i / kLanes].elements[i % kLanes];
                squares += sums[i / kLanes].squares[i % kLanes];
            }
            int offset = 0;
            ap_uint<16> reciprocal = 0;
            ap_uint<6> shift = 0;
            row_factors(c, elements, squares, offset, reciprocal, shift);
        group_copies:
            for (int i = first; i < first + c.group_channels; ++i) {
                EDGEC_PIPELINE(1)
                EDGEC_TRIPS(EDGEC_MOST_ROWS)
                factors[i / kLanes].offset[i % kLanes] = offset;
                factors[i / kLanes].reciprocal[i % kLanes] = reciprocal;
                factors[i / kLanes].shift[i % kLanes] = shift;
            }
            first += c.group_channels;
        }
    group_results:
        for (int w = 0; w < c.words; ++w) {
            EDGEC_PIPELINE(1)
            EDGEC_TRIPS(EDGEC_MOST_WORDS)
            out.write(factors[w]);
        }
    }
}

inline void find_factors(const NormCommand c, hls::stream<NormSums>& in, hls::stream<NormFactors>& out) {
    EDGEC_INLINE_OFF
    if (c.group_channels == 0)
        along_factors(c, in, out);
    else if (kHasNormGroups)
        group_factors(c, in, out);
}

inline void normalize_blocks(const NormCommand c, hls::stream<word_t>& held, hls::stream<word_t>& again,
                             hls::stream<NormFactors>& in, const std::int16_t gains[kNormChannelWords][kLanes],
                             const int biases[kNormChannelWords][kLanes], hls::stream<word_t>& out) {
    EDGEC_INLINE_OFF
    NormFactors factors;
    NormPlace at = {0, 0, 0};
    bool begins = true;
    int part = 0;  // first word of channels of the block
    const int factor = c.centered ? c.count : 1;
    const int steps = c.blocks * c.length * c.words;
normalize_words:
    for (int i = 0; i < steps; ++i) {
        EDGEC_PIPELINE(EDGEC_ROW_INTERVAL)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        if (begins) factors = in.read();
        const word_t word = c.held ? held.read() : again.read();
        word_t y = 0;
    normalize_lanes:
        for (int l = 0; l < kLanes; ++l) {
            EDGEC_UNROLL
            const int distance = factor * lane(word, l) - factors.offset[l];
            const int shift = factors.shift[l].to_int();
            set_lane(y, l, layer_norm_normalize(distance, gains[part + at.word][l], factors.reciprocal[l],
                                                biases[part + at.word][l], shift, c.zero, c.lo, c.hi));
        }
        out.write(y);
        begins = next_place(c, at);
        if (begins && at.word == 0) {
            part += c.words;
            if (part == c.channel_words) part = 0;
        }
    }
}

/// Words that do not wait on chip come once more over the port of the weights, which is idle.
inline void stream_norm(const NormCommand& c, const word_t* input, const word_t* weights_port, word_t* output,
                        const std::int16_t gains[kNormChannelWords][kLanes], const int biases[kNormChannelWords][kLanes]) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    hls::stream<word_t> words("words");
    hls::stream<word_t> held("held");
    hls::stream<word_t> again("again");
    hls::stream<NormSums> sums("sums");
    hls::stream<NormFactors> factors("factors");
    hls::stream<word_t> results("results");
    EDGEC_STREAM(words, 64)
    EDGEC_STREAM(held, EDGEC_NORM_QUEUE)
    EDGEC_STREAM(again, 64)
    EDGEC_STREAM(sums, 4)
    EDGEC_STREAM(factors, 4)
    EDGEC_STREAM(results, 64)
    read_words(input, c.source, words);
    sum_blocks(c, words, held, sums);
    find_factors(c, sums, factors);
    read_words(weights_port, c.again, again);
    normalize_blocks(c, held, again, factors, gains, biases, results);
    write_words(results, output, c.target);
}

inline void run_norm(const NormCommand& c, const word_t* input, const word_t* weights_port, word_t* output) {
    EDGEC_INLINE_OFF
    static std::int16_t gains[kNormChannelWords][kLanes];
    static int biases[kNormChannelWords][kLanes];
    EDGEC_RESHAPE(gains, 2)
    EDGEC_RESHAPE(biases, 2)
    load_channels(c, weights_port, gains, biases);
    stream_norm(c, input, weights_port, output, gains, biases);
}

}  // namespace edgec
