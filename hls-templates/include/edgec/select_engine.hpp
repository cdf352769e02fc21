// The selection engine: the indices of the best elements of a row, the best first, of equal ones the first.
//
// The best so far stand in order, and every element finds its place among all of them at once. An index is a number of 64
// bits, two to a word.
#pragma once

#include <hls_stream.h>

#include "commands.hpp"
#include "transfer.hpp"
#include "words.hpp"

namespace edgec {

inline void select_rows(const SelectCommand c, hls::stream<word_t>& in, hls::stream<word_t>& out) {
    EDGEC_INLINE_OFF
    std::int8_t values[kSelected];
    int indices[kSelected];
    EDGEC_PARTITION(values, 0)
    EDGEC_PARTITION(indices, 0)
clear_selected:
    for (int j = 0; j < kSelected; ++j) {
        EDGEC_UNROLL
        values[j] = 0;
        indices[j] = 0;
    }
    word_t packed = 0;
    int column = 0;  // of the storage row that indices go to
rows_to_select:
    for (int o = 0; o < c.rows; ++o) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
        int found = 0;
        int at = 0;  // element of the storage row
        word_t word = 0;
    select_elements:
        for (int i = 0; i < c.length; ++i) {
            EDGEC_PIPELINE(1)
            EDGEC_TRIPS(EDGEC_MOST_WORDS)
            const int from = at & (kLanes - 1);
            if (from == 0) word = in.read();
            if (++at == c.extent) at = 0;
            const int q = lane(word, from);
            const int value = c.greatest ? q : -1 - q;
        places_of_order:
            for (int j = kSelected - 1; j >= 0; --j) {
                EDGEC_UNROLL
                const int before = j == 0 ? 0 : j - 1;
                const bool here = j >= found || value > values[j];
                const bool earlier = j > 0 && (before >= found || value > values[before]);
                if (here) {
                    values[j] = earlier ? values[before] : static_cast<std::int8_t>(value);
                    indices[j] = earlier ? indices[before] : i;
                }
            }
            if (found < kSelected) ++found;
        }
    selected_indices:
        for (int j = 0; j < c.count; ++j) {
            EDGEC_PIPELINE(1)
            EDGEC_TRIPS(EDGEC_MOST_WORDS)
            if ((column & 1) == 0)
                packed = static_cast<unsigned>(indices[j]);
            else
                packed.range(127, 64) = static_cast<unsigned>(indices[j]);
            ++column;
            if ((column & 1) == 0 || column == c.out_extent) out.write(packed);
            if (column == c.out_extent) column = 0;
        }
    }
}

inline void run_select(const SelectCommand& c, const word_t* input, word_t* output) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    hls::stream<word_t> words("words");
    hls::stream<word_t> results("results");
    EDGEC_STREAM(words, 64)
    EDGEC_STREAM(results, 64)
    read_words(input, c.source, words);
    select_rows(c, words, results);
    write_words(results, output, c.target);
}

}  // namespace edgec
