// The unit of memory: a word of 16 lanes of 8 bits. Tensors are row-major, each row (the last axis) begins a new word;
// the lanes after its end hold anything.
#pragma once

#include <ap_int.h>

#include <cstdint>
#include <type_traits>

#include "config.h"
#include "pragmas.hpp"

namespace edgec {

const int kLanes = 16;

typedef ap_uint<8 * kLanes> word_t;

/// Columns of the array: outputs it computes at once with weights of 8 bits; of 4 bits, if they come in pairs, twice as many.
const int kColumns = kPairs ? kGroup / 2 : kGroup;

/// 8 bits; 9 where an activation stands in for weights, for then its zero point has been subtracted.
typedef std::conditional<kWeightBits <= 8, std::int8_t, ap_int<kWeightBits> >::type weight_t;

/// What the array multiplies: elements, or samples of a deformable convolution, which have more bits where they are blended.
typedef std::conditional<kSampleBits <= 8, std::int8_t, std::int16_t>::type sample_t;

/// The 16 samples of a step.
typedef ap_uint<kLanes * kSampleBits> sample_word_t;

/// What the array takes in a step: a word of elements in its low bits, or the samples of one port, or of three.
typedef ap_uint<kLanes * kSampleBits * kSamplePorts> samples_t;

/// Wide enough for every sum of products of this model, proved when it was planned.
typedef ap_int<kAccumulatorBits> accumulator_t;

inline std::int8_t lane(const word_t& word, int index) {
    EDGEC_INLINE
    return static_cast<std::int8_t>(word.range(8 * index + 7, 8 * index).to_uint());
}

/// The 4-bit integer in the low or the high half of a lane.
inline int half(int value, bool high) {
    EDGEC_INLINE
    const int bits = (high ? value >> 4 : value) & 15;
    return bits < 8 ? bits : bits - 16;
}

inline int sample_of(const samples_t& word, int port, int index) {
    EDGEC_INLINE
    const int low = kSampleBits * (port * kLanes + index);
    const ap_int<kSampleBits> value = ap_int<kSampleBits>(ap_uint<kSampleBits>(word.range(low + kSampleBits - 1, low)));
    return value.to_int();
}

inline void set_sample(samples_t& word, int port, int index, int value) {
    EDGEC_INLINE
    const int low = kSampleBits * (port * kLanes + index);
    word.range(low + kSampleBits - 1, low) = ap_uint<kSampleBits>(value);
}

inline void set_lane(word_t& word, int index, int value) {
    EDGEC_INLINE
    word.range(8 * index + 7, 8 * index) = static_cast<std::uint8_t>(value);
}

/// The same value in every lane.
inline word_t splat(int value) {
    EDGEC_INLINE
    word_t word = 0;
splat_lanes:
    for (int l = 0; l < kLanes; ++l) {
        EDGEC_UNROLL
        set_lane(word, l, value);
    }
    return word;
}

/// 32-bit field `index` of a word: how numbers are stored in the parameter image.
inline int field(const word_t& word, int index) {
    EDGEC_INLINE
    return word.range(32 * index + 31, 32 * index).to_int();
}

/// Index `column` of the storage row at word `row`: 4 or 8 bytes, by its shift 2 or 3. Such a row is padded to 16 elements as
/// any is, so it begins at a multiple of 4 or 8 words.
inline long long index_at(const word_t* memory, int row, int column, int shift) {
    EDGEC_INLINE
    const int byte = column << shift;
    const word_t word = memory[row + byte / kLanes];
    if (shift == 2) return field(word, (byte / 4) & 3);
    return static_cast<long long>((byte & 8) != 0 ? word.range(127, 64).to_uint64() : word.range(63, 0).to_uint64());
}

}  // namespace edgec
