// Parameters of outputs: as they lie in memory, and in their memory on chip.
#pragma once

#include "loads.hpp"
#include "words.hpp"

namespace edgec {

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

/// The parameters of an output of a product of two activations, whose sum still holds zl * `sum`: bits move into the addend, exactly.
inline parameter_t without_left_zero(const parameter_t& by, int left_zero, int sum) {
    EDGEC_INLINE
    const ap_int<64> addend = by.range(63, 0).to_int64();
    const ap_uint<kMultiplierBits> multiplier = by.range(63 + kMultiplierBits, 64).to_uint();
    const ap_int<40> zeros = ap_int<9>(left_zero) * ap_int<31>(sum);
    parameter_t corrected = by;
    corrected.range(63, 0) = ap_uint<64>(ap_int<64>(addend - zeros * multiplier));
    return corrected;
}

/// The row of parameters of a word of results, of the command's.
inline int parameter_row(const ConvolutionCommand& c, int word, int count) {
    EDGEC_INLINE
    return c.parameter_row == kByOutput ? word : c.parameter_row == kByCount ? count : 0;
}

/// How far the parameters of a command have come.
struct ParameterStore {
    int words;  // still to come
    int base, row, index;
};

template <int kRows>
inline ParameterStore parameter_store(const Load& load) {
    EDGEC_INLINE
    const ParameterStore at = {load.any ? load.command.parameter_words : 0, first_row<kRows>(load.command, load.upper), 0, 0};
    return at;
}

/// What is stored for a word: where an activation stands in for weights, the left zero point is still to be taken away.
/// @param sums of the right side's rows
inline parameter_t arrived_parameter(const ConvolutionCommand& c, const ParameterStore& at, const word_t& word, const int sums[kParameterRows][kLanes]) {
    EDGEC_INLINE
    const parameter_t packed = parameter(word);
    const bool constant = !kHasProducts || c.right_side == kConstantRight;
    return constant ? packed : without_left_zero(packed, c.left_zero, sums[at.row][at.index]);
}

/// One output's.
template <int kRows>
inline void store_parameter_of_output(ParameterStore& at, const parameter_t& packed, parameter_t parameters[kRows][kLanes]) {
    EDGEC_INLINE
    --at.words;
    parameters[at.base + at.row][at.index] = packed;
    if (++at.index < kLanes) return;
    at.index = 0;
    ++at.row;
}

/// One for all outputs: a bank takes as many cycles as it has lanes, which is the interval of finishing.
template <int kRows>
inline void store_parameter_row(ParameterStore& at, const parameter_t& packed, parameter_t parameters[kRows][kLanes]) {
    EDGEC_INLINE
    --at.words;
parameter_lanes:
    for (int l = 0; l < kLanes; ++l) {
        EDGEC_UNROLL
        parameters[at.base + at.row][l] = packed;
    }
    ++at.row;
}

template <int kRows>
inline void store_parameter(const ConvolutionCommand& c, ParameterStore& at, const parameter_t& packed, parameter_t parameters[kRows][kLanes]) {
    EDGEC_INLINE
    if (c.parameter_row == kByOutput)
        store_parameter_of_output<kRows>(at, packed, parameters);
    else
        store_parameter_row<kRows>(at, packed, parameters);
}

}  // namespace edgec
