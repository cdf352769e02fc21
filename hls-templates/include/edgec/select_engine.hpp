// The selection engine: the indices of the best elements of a row, the best first, of equal ones the first.
//
// The best so far stand in order, and every element finds its place among all of them at once. An index is a number of 64
// bits, two to a word. Rows that lie across words, one in each lane, are taken lane by lane, which reads their words as often.
#pragma once

#include <hls_stream.h>

#include "commands.hpp"
#include "transfer.hpp"
#include "words.hpp"

namespace edgec {

/// Puts element `index` among the best, of which there are `found`; returns how many there are then.
inline int rank_element(const SelectCommand& c, int q, int index, int found, std::int8_t values[kSelected],
                        int indices[kSelected]) {
    EDGEC_INLINE
    const int value = c.greatest ? q : -1 - q;
places_of_order:
    for (int j = kSelected - 1; j >= 0; --j) {
        EDGEC_UNROLL
        const int before = j == 0 ? 0 : j - 1;
        const bool here = j >= found || value > values[j];
        const bool earlier = j > 0 && (before >= found || value > values[before]);
        if (here) {
            values[j] = earlier ? values[before] : static_cast<std::int8_t>(value);
            indices[j] = earlier ? indices[before] : index;
        }
    }
    return found < kSelected ? found + 1 : found;
}

/// Index number `column` of a storage row: the lower or the upper half of its word.
inline void set_index(word_t& word, int column, int index) {
    EDGEC_INLINE
    if ((column & 1) == 0)
        word = static_cast<unsigned>(index);
    else
        word.range(127, 64) = static_cast<unsigned>(index);
}

inline void select_along(const SelectCommand c, hls::stream<word_t>& in, hls::stream<word_t>& out) {
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
            found = rank_element(c, lane(word, from), i, found, values, indices);
        }
    selected_indices:
        for (int j = 0; j < c.count; ++j) {
            EDGEC_PIPELINE(1)
            EDGEC_TRIPS(EDGEC_MOST_WORDS)
            set_index(packed, column, indices[j]);
            ++column;
            if ((column & 1) == 0 || column == c.out_extent) out.write(packed);
            if (column == c.out_extent) column = 0;
        }
    }
}

inline void select_across(const SelectCommand c, const word_t* input, hls::stream<word_t>& out) {
    EDGEC_INLINE_OFF
    static int ranked[kSelected][kLanes];
    EDGEC_PARTITION(ranked, 2)
    std::int8_t values[kSelected];
    int indices[kSelected];
    EDGEC_PARTITION(values, 0)
    EDGEC_PARTITION(indices, 0)
clear_ranked:
    for (int j = 0; j < kSelected; ++j) {
        EDGEC_UNROLL
        values[j] = 0;
        indices[j] = 0;
    }
outer_to_select:
    for (int o = 0; o < c.rows; ++o) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
        int phase = 0;
    words_to_select:
        for (int w = 0; w < c.across; ++w) {
            EDGEC_TRIPS(EDGEC_MOST_WORDS)
            const int lanes = phase == c.line - 1 ? c.tail : kLanes;
            if (++phase == c.line) phase = 0;
        lanes_to_select:
            for (int l = 0; l < lanes; ++l) {
                EDGEC_TRIPS(16)
                int found = 0;
            select_lane:
                for (int i = 0; i < c.length; ++i) {
                    EDGEC_PIPELINE(1)
                    EDGEC_TRIPS(EDGEC_MOST_WORDS)
                    const word_t word = input[c.source.address + (o * c.length + i) * c.across + w];
                    found = rank_element(c, lane(word, l), i, found, values, indices);
                }
            keep_ranked:
                for (int j = 0; j < c.count; ++j) {
                    EDGEC_PIPELINE(1)
                    EDGEC_TRIPS(EDGEC_MOST_WORDS)
                    ranked[j][l] = indices[j];
                }
            }
        ranked_indices:
            for (int j = 0; j < c.count; ++j) {
                EDGEC_TRIPS(EDGEC_MOST_WORDS)
            ranked_words:
                for (int l = 0; l < kLanes; l += 2) {
                    EDGEC_PIPELINE(1)
                    word_t packed = 0;
                    set_index(packed, 0, ranked[j][l]);
                    set_index(packed, 1, ranked[j][l + 1]);
                    out.write(packed);
                }
            }
        }
    }
}

inline void stream_along(const SelectCommand& c, const word_t* input, word_t* output) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    hls::stream<word_t> words("words");
    hls::stream<word_t> results("results");
    EDGEC_STREAM(words, 64)
    EDGEC_STREAM(results, 64)
    read_words(input, c.source, words);
    select_along(c, words, results);
    write_words(results, output, c.target);
}

inline void stream_across(const SelectCommand& c, const word_t* input, word_t* output) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    hls::stream<word_t> results("results");
    EDGEC_STREAM(results, 64)
    select_across(c, input, results);
    write_words(results, output, c.target);
}

inline void run_select(const SelectCommand& c, const word_t* input, word_t* output) {
    EDGEC_INLINE_OFF
    if (c.across == 0)
        stream_along(c, input, output);
    else if (kHasSelectionsAcross)
        stream_across(c, input, output);
}

}  // namespace edgec
