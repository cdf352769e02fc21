// Two products in one multiplier: an activation times two weights of 4 bits, which stand in one operand, s = kPairShift bits apart.
//
//   x * (upper * 2^s + lower) = (x * upper) * 2^s + x * lower
//
// Sums of 16 such products have the same form, and come apart again because their lower part stays below s bits: for x of b bits,
//
//   |x * lower| <= 2^(b-1) * 8 = 2^(b+2),  |lower sum| <= 16 * 2^(b+2) = 2^(b+6) < 2^(b+7) = 2^(s-1)  with s = b + 8.
//
// So the low s bits, read as a signed number, are the lower sum, exactly. One below 0 has borrowed from the bits above; taken away
// from the whole it gives that back, and what is left is the upper sum times 2^s. The operand lies between -8 * 2^s - 8 and
// 7 * 2^s + 7 and so has s + 5 bits: 21 for activations of 8 bits. The compiler asks for pairs only where these fit the wide port.
//
// Columns of the array. One holds 16 weights of 8 bits for one output, or as many pairs for two: for output c of a group in the
// low halves of its lanes, for output c + kColumns in the high halves.
#pragma once

#include <type_traits>

#include "commands.hpp"
#include "words.hpp"

namespace edgec {

const int kPairShift = kSampleBits + 8;

/// One operand of a multiplier: a weight, or two.
typedef ap_int<kPairShift + 5> operand_t;

/// Both sums of a column's pairs: s + (s - 1) bits and a sign at most.
typedef std::conditional<kPairShift <= 16, std::int32_t, std::int64_t>::type pair_sum_t;

struct PairSums {
    int lower, upper;
};

/// The dense weights of a command are in pairs.
inline bool in_pairs(const ConvolutionCommand& c) {
    EDGEC_INLINE
    return kPairs && c.mode == kDense && (!kSingles || c.packed_weights);
}

inline operand_t operand(int weight, bool pair) {
    EDGEC_INLINE
    return pair ? half(weight, true) * (1 << kPairShift) + half(weight, false) : weight;
}

/// The two sums of pairs; a sum of single products is its own lower one, and the upper one is nobody's.
inline PairSums separated(pair_sum_t sum, bool pairs) {
    EDGEC_INLINE
    const int lower = ap_int<kPairShift>(sum).to_int();
    const PairSums sums = {pairs ? lower : static_cast<int>(sum), static_cast<int>((sum - lower) >> kPairShift)};
    return sums;
}

}  // namespace edgec
