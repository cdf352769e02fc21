// The table of a softmax: round(32767 * exp(-scale * d)) for a score d below the highest.
#pragma once

#include "words.hpp"

namespace edgec {

typedef ap_uint<15> exponential_t;

/// 16 bits each in memory. Copies, for several are looked up at once.
template <int Copies>
inline void load_exponentials(const word_t* memory, int address, exponential_t exponentials[Copies][256]) {
    EDGEC_INLINE_OFF
exponential_words:
    for (int i = 0; i < 256 / 8; ++i) {
        const word_t word = memory[address + i];
    exponential_entries:
        for (int l = 0; l < 8; ++l) {
            EDGEC_PIPELINE(1)
        exponential_copies:
            for (int copy = 0; copy < Copies; ++copy) {
                EDGEC_UNROLL
                exponentials[copy][8 * i + l] = word.range(16 * l + 14, 16 * l).to_uint();
            }
        }
    }
}

}  // namespace edgec
