// From sums to words: the only place of a convolution where anything is rounded.
#pragma once

#include <hls_stream.h>

#include "commands.hpp"
#include "edgec_arithmetic.hpp"
#include "pairs.hpp"
#include "parameters.hpp"
#include "words.hpp"

namespace edgec {

/// The finished sums of one group of outputs of one pixel.
template <int kOutputs>
struct Sums {
    accumulator_t output[kOutputs];
    int count;  // of positions inside the image under the window
};

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

/// @param upper the command's parameters are at the end of their memory
/// @param load the command whose parameters come in meanwhile
inline void finish(const ConvolutionCommand c, bool upper, const Load load, hls::stream<Sums<kGroup> >& in, hls::stream<word_t>& arriving,
                   const int right_sums[kParameterRows][kLanes], parameter_t parameters[kParameterRows][kLanes], hls::stream<word_t>& out) {
    EDGEC_INLINE_OFF
    const int words_of_group = c.mode != kDense ? 1 : (kSingles && !in_pairs(c) ? kColumns : kGroup) / kLanes;
    const int base = first_row<kParameterRows>(c, upper);
    ParameterStore store = parameter_store<kParameterRows>(load);
    Sums<kGroup> sums;
    int part = 0;  // word of the group
    int row = 0;   // word of the pixel
    const int words = c.batch * c.out_height * c.out_width * c.out_words;
finish_words:
    for (int done = 0; done < words;) {
        EDGEC_PIPELINE(EDGEC_FINISH_INTERVAL)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        EDGEC_INDEPENDENT(parameters)  // what comes in is the next command's
        if (!kPrefetch || part > 0 || store.words == 0 || !in.empty()) {  // parameters do not wait for sums
            if (part == 0) sums = in.read();
            out.write(finished_word<kGroup>(c, sums, part * kLanes, parameters, base + parameter_row(c, row, sums.count)));
            ++done;
            ++row;
            ++part;
            if (part == words_of_group || row == c.out_words) part = 0;
            if (row == c.out_words) row = 0;
        }
        // What is loaded ahead has constant weights, so nothing is to be taken away from its parameters.
        if (kPrefetch && store.words > 0 && !arriving.empty())
            store_parameter<kParameterRows>(load.command, store, parameter(arriving.read()), parameters);
    }
    const bool rows = load.command.parameter_row != kByOutput;
    const int rest = store.words;
finish_parameters:
    for (int i = 0; i < (rows ? 0 : rest); ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        store_parameter_of_output<kParameterRows>(store, arrived_parameter(load.command, store, arriving.read(), right_sums), parameters);
    }
finish_parameter_rows:
    for (int i = 0; i < (rows ? rest : 0); ++i) {
        EDGEC_PIPELINE(EDGEC_FINISH_INTERVAL)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        store_parameter_row<kParameterRows>(store, arrived_parameter(load.command, store, arriving.read(), right_sums), parameters);
    }
}

}  // namespace edgec
