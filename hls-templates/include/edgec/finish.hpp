// From sums to words: the only place of a convolution where anything is rounded.
#pragma once

#include <hls_stream.h>

#include "commands.hpp"
#include "edgec_arithmetic.hpp"
#include "pairs.hpp"
#include "words.hpp"

namespace edgec {

/// The finished sums of one group of outputs of one pixel.
template <int kOutputs>
struct Sums {
    accumulator_t output[kOutputs];
    int count;  // of positions inside the image under the window
};

/// Scale and offset of an output: shift, multiplier and addend, from the top. Bias and zero points are inside the addend,
/// exactly: (sum + bias) * multiplier + addend = sum * multiplier + (bias * multiplier + addend).
typedef ap_uint<6 + kMultiplierBits + 64> parameter_t;

/// As it is stored in a memory word: addend, multiplier and shift in bits 0, 64 and 96.
inline parameter_t parameter(const word_t& word) {
    EDGEC_INLINE
    parameter_t packed = 0;
    packed.range(63, 0) = word.range(63, 0);
    packed.range(63 + kMultiplierBits, 64) = word.range(63 + kMultiplierBits, 64);
    packed.range(69 + kMultiplierBits, 64 + kMultiplierBits) = word.range(101, 96);
    return packed;
}

inline int finished(accumulator_t sum, const parameter_t& by, int zero, int lo, int hi) {
    EDGEC_INLINE
    const ap_int<64> addend = by.range(63, 0).to_int64();
    const ap_uint<kMultiplierBits> multiplier = by.range(63 + kMultiplierBits, 64).to_uint();
    const ap_int<32> shift = by.range(69 + kMultiplierBits, 64 + kMultiplierBits).to_int();
    if (kRounding == kHalfEven) return rounding_half_even(sum, multiplier, addend, shift, zero, lo, hi);
    if (kRounding == kTwice) return rounding_twice(sum, multiplier, addend, shift, zero, lo, hi);
    if (kMultiplierBits <= 16) return requantize16(sum, multiplier, addend, shift, lo, hi);
    return requantize(sum, multiplier, addend, shift, lo, hi);
}

/// The row of parameters of a word of results.
inline int parameter_row(const ConvolutionCommand& c, int word, int count) {
    EDGEC_INLINE
    return c.parameter_row == kByOutput ? word : c.parameter_row == kByCount ? count : 0;
}

/// A word of results: sums from `first` on.
template <int kOutputs>
inline word_t finished_word(const ConvolutionCommand& c, const Sums<kOutputs>& sums, int first,
                            const parameter_t parameters[][kLanes], int row) {
    EDGEC_INLINE
    word_t word = 0;
finish_lanes:
    for (int l = 0; l < kLanes; ++l) {
        EDGEC_UNROLL
        set_lane(word, l, finished(sums.output[first + l], parameters[row][l], c.zero, c.lo, c.hi));
    }
    return word;
}

inline void finish(const ConvolutionCommand c, bool runs, hls::stream<Sums<kGroup> >& in,
                   const parameter_t parameters[kParameterRows][kLanes], hls::stream<word_t>& out) {
    EDGEC_INLINE_OFF
    const int words_of_group = c.mode != kDense ? 1 : (kSingles && !in_pairs(c) ? kColumns : kGroup) / kLanes;
    Sums<kGroup> sums;
    int part = 0;  // word of the group
    int row = 0;   // word of the pixel
    const int words = runs ? c.batch * c.out_height * c.out_width * c.out_words : 0;
finish_words:
    for (int i = 0; i < words; ++i) {
        EDGEC_PIPELINE(EDGEC_FINISH_INTERVAL)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        if (part == 0) sums = in.read();
        out.write(finished_word<kGroup>(c, sums, part * kLanes, parameters, parameter_row(c, row, sums.count)));
        ++row;
        ++part;
        if (part == words_of_group || row == c.out_words) part = 0;
        if (row == c.out_words) row = 0;
    }
}

}  // namespace edgec
