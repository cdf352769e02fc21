// Mixtures of experts: which rows chose which expert. The queues are on chip, filled before the experts' products run;
// these then take their rows from there, and one that no row chose takes no time but that to find its queue empty.
#pragma once

#include "commands.hpp"
#include "edgec_arithmetic.hpp"
#include "transfer.hpp"
#include "words.hpp"

namespace edgec {

/// Rows expert by expert, those of one in their order: what each reads, what it writes, and where each expert's begin. Both
/// ends of a product read at the same time, so each has an array of its own.
struct Queues {
    int source[kQueueRows];
    int target[kQueueRows];
    int first[kExperts + 1];
};

inline void run_queues(const QueueCommand& c, const word_t* input, Queues& queues) {
    EDGEC_INLINE_OFF
    static int chosen[kQueueRows];
    static int next[kExperts + 1];
clear_experts:
    for (int e = 0; e <= c.experts; ++e) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
        next[e] = 0;
    }
    const int shift = c.index_bytes == 8 ? 3 : 2;
    int row = 0;
index_rows:
    for (int t = 0; t < c.rows; ++t) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
    row_choices:
        for (int j = 0; j < c.choices; ++j) {
            EDGEC_PIPELINE(2)  // a count is read, raised and written
            EDGEC_TRIPS(EDGEC_MOST_ROWS)
            const int expert = position(index_at(input, c.indices + t * c.index_words, j, shift), c.experts);
            chosen[row++] = expert;
            ++next[expert + 1];
        }
    }
    queues.first[0] = 0;
queue_starts:
    for (int e = 1; e <= c.experts; ++e) {
        EDGEC_PIPELINE(2)
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
        next[e] += next[e - 1];
        queues.first[e] = next[e];
    }
    row = 0;
queue_rows:
    for (int t = 0; t < c.rows; ++t) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
    queue_choices:
        for (int j = 0; j < c.choices; ++j) {
            EDGEC_PIPELINE(2)
            EDGEC_TRIPS(EDGEC_MOST_ROWS)
            const int at = next[chosen[row]]++;
            queues.source[at] = c.row_per_choice ? row : t;
            queues.target[at] = row;
            ++row;
        }
    }
}

/// An expert's command for the rows of its queue.
inline ConvolutionCommand of_queue(const ConvolutionCommand& c, int rows) {
    EDGEC_INLINE
    ConvolutionCommand queued = c;
    queued.width = rows;
    queued.out_width = rows;
    queued.row_steps = c.row_steps * rows;
    queued.source.count2 = rows;
    queued.target.count2 = rows;
    return queued;
}

/// What a command reads: its nest, or the rows of its expert's queue.
template <class T>
inline void read_source(const ConvolutionCommand& c, const word_t* memory, const int rows[kQueueRows], int first, hls::stream<T>& out) {
    EDGEC_INLINE_OFF
    if (kHasExperts && c.expert >= 0)
        read_listed(memory, c.source, rows, first, out);
    else
        read_words(memory, c.source, out);
}

inline void write_target(const ConvolutionCommand& c, hls::stream<word_t>& in, word_t* memory, const int rows[kQueueRows], int first) {
    EDGEC_INLINE_OFF
    if (kHasExperts && c.expert >= 0)
        write_listed(in, memory, c.target, rows, first);
    else
        write_words(in, memory, c.target);
}

}  // namespace edgec
