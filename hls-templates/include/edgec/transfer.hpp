// Words between memory and streams.
#pragma once

#include <hls_stream.h>

#include "commands.hpp"
#include "words.hpp"

namespace edgec {

template <class T>
inline void read_words(const word_t* memory, const Nest nest, hls::stream<T>& out) {
    EDGEC_INLINE_OFF
read_0:
    for (int i0 = 0; i0 < nest.count0; ++i0) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
    read_1:
        for (int i1 = 0; i1 < nest.count1; ++i1) {
            EDGEC_TRIPS(EDGEC_MOST_ROWS)
        read_2:
            for (int i2 = 0; i2 < nest.count2; ++i2) {
                EDGEC_TRIPS(EDGEC_MOST_ROWS)
                const int address = nest.address + i0 * nest.stride0 + i1 * nest.stride1 + i2 * nest.stride2;
            read_run:
                for (int i = 0; i < nest.run; ++i) {
                    EDGEC_PIPELINE(1)
                    EDGEC_TRIPS(EDGEC_MOST_WORDS)
                    out.write(T(memory[address + i]));
                }
            }
        }
    }
}

inline void write_words(hls::stream<word_t>& in, word_t* memory, const Nest nest) {
    EDGEC_INLINE_OFF
write_0:
    for (int i0 = 0; i0 < nest.count0; ++i0) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
    write_1:
        for (int i1 = 0; i1 < nest.count1; ++i1) {
            EDGEC_TRIPS(EDGEC_MOST_ROWS)
        write_2:
            for (int i2 = 0; i2 < nest.count2; ++i2) {
                EDGEC_TRIPS(EDGEC_MOST_ROWS)
                const int address = nest.address + i0 * nest.stride0 + i1 * nest.stride1 + i2 * nest.stride2;
            write_run:
                for (int i = 0; i < nest.run; ++i) {
                    EDGEC_PIPELINE(1)
                    EDGEC_TRIPS(EDGEC_MOST_WORDS)
                    memory[address + i] = in.read();
                }
            }
        }
    }
}

/// The same for a list of rows in the place of the loops: the stride is the third loop's.
template <class T>
inline void read_listed(const word_t* memory, const Nest nest, const int rows[kQueueRows], int first, hls::stream<T>& out) {
    EDGEC_INLINE_OFF
read_listed_rows:
    for (int i2 = 0; i2 < nest.count2; ++i2) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
        const int address = nest.address + rows[first + i2] * nest.stride2;
    read_listed_run:
        for (int i = 0; i < nest.run; ++i) {
            EDGEC_PIPELINE(1)
            EDGEC_TRIPS(EDGEC_MOST_WORDS)
            out.write(T(memory[address + i]));
        }
    }
}

inline void write_listed(hls::stream<word_t>& in, word_t* memory, const Nest nest, const int rows[kQueueRows], int first) {
    EDGEC_INLINE_OFF
write_listed_rows:
    for (int i2 = 0; i2 < nest.count2; ++i2) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
        const int address = nest.address + rows[first + i2] * nest.stride2;
    write_listed_run:
        for (int i = 0; i < nest.run; ++i) {
            EDGEC_PIPELINE(1)
            EDGEC_TRIPS(EDGEC_MOST_WORDS)
            memory[address + i] = in.read();
        }
    }
}

}  // namespace edgec
