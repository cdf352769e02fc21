// The steps of attention, and what is streamed in them: queries, keys and values, and what is added to scores.
#pragma once

#include <hls_stream.h>

#include "commands.hpp"
#include "words.hpp"

namespace edgec {

/// The scores of the queries in flight with one key, 8 bits each; or what is added to them.
typedef ap_uint<8 * kSlots> slot_scores_t;

/// A step: one key, or its value, for all queries in flight.
struct Step {
    int pass;   // over the keys
    int first;  // query of the pass's batch
    int key;
};

inline int steps_of(const AttentionCommand& c, int pass) {
    EDGEC_INLINE
    return pass == c.passes - 1 ? c.tail : c.columns;
}

/// To the next key; behind the last pass, to the next head's first.
inline void advance(const AttentionCommand& c, Step& at) {
    EDGEC_INLINE
    if (++at.key < steps_of(c, at.pass)) return;
    at.key = 0;
    at.first += c.parallel;
    if (++at.pass < c.passes) return;
    at.pass = 0;
    at.first = 0;
}

/// Whether a query comes in, into slot `at.key`.
inline bool begins(const AttentionCommand& c, const Step& at) {
    EDGEC_INLINE
    return at.key < c.parallel && at.first + at.key < c.rows;
}

/// The slot whose query has seen all keys at this step; whether it holds a query says `ends`.
inline int last_slot(const AttentionCommand& c, const Step& at) {
    EDGEC_INLINE
    return at.key + 1 == c.columns ? 0 : at.key + 1;
}

inline bool ends(const AttentionCommand& c, const Step& at) {
    EDGEC_INLINE
    const int slot = last_slot(c, at);
    const int query = at.first + slot - (slot > at.key ? c.parallel : 0);
    return slot < c.parallel && query >= 0 && query < c.rows;
}

/// Rows of numbers that are added to the scores of a batch of so many queries.
inline int bias_rows(const AttentionCommand& c, int count) {
    EDGEC_INLINE
    return c.bias_by_row ? count : 1;
}

/// Runs of words, `stride` apart, into a stream. Where a head's are resident, they come from memory once, and then are held.
template <class Memory>
inline void read_runs(Memory memory, int address, int runs, int run_step, int run, int stride, bool resident, bool is_held,
                      word_t* held, hls::stream<word_t>& out) {
    EDGEC_INLINE
    if (is_held) {
    held_words:
        for (int i = 0; i < runs * run; ++i) {
            EDGEC_PIPELINE(1)
            EDGEC_TRIPS(EDGEC_MOST_WORDS)
            out.write(held[i]);
        }
    } else {
        int to = 0;
    pass_runs:
        for (int r = 0; r < runs; ++r) {
            EDGEC_TRIPS(EDGEC_MOST_ROWS)
        pass_words:
            for (int i = 0; i < run; ++i) {
                EDGEC_PIPELINE(1)
                EDGEC_TRIPS(EDGEC_MOST_WORDS)
                const word_t word = memory[address + r * run_step + i * stride];
                if (resident) held[to] = word;
                ++to;
                out.write(word);
            }
        }
    }
}

/// A batch of queries and what is added to their scores, then a pass over the keys: as they lie in memory, or by columns in
/// blocks of 16 keys, row by row.
template <class Memory>
inline void read_keys(const AttentionCommand c, Memory memory, hls::stream<word_t>& queries, hls::stream<word_t>& biases,
                      hls::stream<word_t>& keys) {
    EDGEC_INLINE_OFF
    static word_t held[kHeldKeyWords];
    const bool by_column = kHasKeyColumns && c.by_column;
    int query = c.queries, matrix = 0, repeated = 0;
key_heads:
    for (int h = 0; h < c.batch; ++h) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
        int left = c.rows;
        int bias = c.bias + matrix * (c.bias_by_row ? c.rows : 1) * c.bias_pitch;
    key_passes:
        for (int pass = 0; pass < c.passes; ++pass) {
            EDGEC_TRIPS(EDGEC_MOST_ROWS)
            const int count = left < c.parallel ? left : c.parallel;
        query_words:
            for (int i = 0; i < count * c.words; ++i) {
                EDGEC_PIPELINE(1)
                EDGEC_TRIPS(EDGEC_MOST_WORDS)
                queries.write(memory[query + i]);
            }
            query += count * c.words;
            left -= count;
            if (kHasBias && c.biased) {
            bias_words:
                for (int i = 0; i < bias_rows(c, count) * c.bias_pitch; ++i) {
                    EDGEC_PIPELINE(1)
                    EDGEC_TRIPS(EDGEC_MOST_WORDS)
                    biases.write(memory[bias + i]);
                }
                if (c.bias_by_row) bias += count * c.bias_pitch;
            }
            const int steps = steps_of(c, pass);
            const bool is_held = c.resident && (pass > 0 || (h > 0 && c.key_step == 0));
            read_runs(memory, c.keys + h * c.key_step, by_column ? (steps + kLanes - 1) / kLanes : 1, 1,
                      by_column ? c.inner : steps * c.words, by_column ? c.key_pitch : 1, c.resident, is_held, held, keys);
        }
        if (++repeated == c.bias_repeat) {
            repeated = 0;
            if (++matrix == c.bias_count) matrix = 0;
        }
    }
}

/// A pass over the values for each over the keys.
template <class Memory>
inline void read_values(const AttentionCommand c, Memory memory, hls::stream<word_t>& values) {
    EDGEC_INLINE_OFF
    static word_t held[kHeldValueWords];
    const bool whole = c.value_words == c.value_pitch;
value_heads:
    for (int h = 0; h < c.batch; ++h) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
    value_passes:
        for (int pass = 0; pass < c.passes; ++pass) {
            EDGEC_TRIPS(EDGEC_MOST_ROWS)
            const int steps = steps_of(c, pass);
            const bool is_held = c.resident && (pass > 0 || (h > 0 && c.value_step == 0));
            read_runs(memory, c.values + h * c.value_step, whole ? 1 : steps, c.value_pitch,
                      whole ? steps * c.value_words : c.value_words, 1, c.resident, is_held, held, values);
        }
    }
}

/// Blocks of 16 keys by columns become keys of their own: one is filled while the one before goes out.
inline void arrange_columns(const AttentionCommand& c, hls::stream<word_t>& in, hls::stream<word_t>& out) {
    EDGEC_INLINE_OFF
    static std::int8_t block[2][kKeyInner][kLanes];
    EDGEC_PARTITION_CYCLIC(block, 2, 16)
    EDGEC_PARTITION(block, 3)
    int pass = 0, left = c.columns;  // keys of the pass that are still to come
    int keys = 0, side = 0;          // of the block that goes out
arranged_blocks:
    for (int b = 0; b <= c.blocks; ++b) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
        const int coming = b == c.blocks ? 0 : left < kLanes ? left : kLanes;
        const int rows = coming == 0 ? 0 : c.inner;
        const int words = keys * c.words;
        int key = 0, word = 0;
    arranged_rows:
        for (int i = 0; i < rows || i < words; ++i) {
            EDGEC_PIPELINE(1)
            EDGEC_TRIPS(EDGEC_MOST_WORDS)
            if (i < rows) {
                const word_t row = in.read();
            row_lanes:
                for (int l = 0; l < kLanes; ++l) {
                    EDGEC_UNROLL
                    block[side][i][l] = lane(row, l);
                }
            }
            if (i < words) {
                word_t arranged = 0;
            key_lanes:
                for (int l = 0; l < kLanes; ++l) {
                    EDGEC_UNROLL
                    set_lane(arranged, l, block[1 - side][word * kLanes + l][key]);
                }
                out.write(arranged);
                if (++word == c.words) {
                    word = 0;
                    ++key;
                }
            }
        }
        keys = coming;
        side = 1 - side;
        left -= coming;
        if (left == 0) {
            if (++pass == c.passes) pass = 0;
            left = steps_of(c, pass);
        }
    }
}

inline void arrange_keys(const AttentionCommand c, hls::stream<word_t>& in, hls::stream<word_t>& out) {
    EDGEC_INLINE_OFF
    if (kHasKeyColumns && c.by_column) {
        arrange_columns(c, in, out);
    } else {
    arranged_words:
        for (int i = 0; i < c.batch * c.steps * c.words; ++i) {
            EDGEC_PIPELINE(1)
            EDGEC_TRIPS(EDGEC_MOST_STEPS)
            out.write(in.read());
        }
    }
}

/// What is added to the scores of a step: a number for each query in flight. The rows of a batch come in while those of the
/// batch before go out, but not before its last queries, which see the first keys late, are through.
inline void arrange_biases(const AttentionCommand c, hls::stream<word_t>& in, hls::stream<slot_scores_t>& out) {
    EDGEC_INLINE_OFF
    static word_t rows[kSlots][2 * kBiasWords];
    EDGEC_PARTITION(rows, 1)
    const int batches = kHasBias && c.biased ? c.batch * c.passes + 1 : 0;
    int pass = 0, left = c.rows;  // of the batch that comes in
    int steps = 0;                // of the pass that goes out
    int side = 0;                 // where rows come in; those of the batch in flight are on the other
bias_batches:
    for (int b = 0; b < batches; ++b) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
        const int count = left < c.parallel ? left : c.parallel;
        const int words = b + 1 == batches ? 0 : bias_rows(c, count) * c.bias_pitch;
        const int start = steps < c.parallel ? steps : c.parallel;
        int row = 0, word = 0;
    bias_steps:
        for (int i = 0; i < steps || i < start + words; ++i) {
            EDGEC_PIPELINE(1)
            EDGEC_INDEPENDENT(rows)
            EDGEC_TRIPS(EDGEC_MOST_WORDS)
            if (i < steps) {
                slot_scores_t packed = 0;
            bias_slots:
                for (int o = 0; o < kSlots; ++o) {
                    EDGEC_UNROLL
                    const int from = i >= o ? 1 - side : side;
                    const word_t numbers = rows[o][from * kBiasWords + i / kLanes];
                    packed.range(8 * o + 7, 8 * o) = static_cast<std::uint8_t>(lane(numbers, i % kLanes));
                }
                out.write(packed);
            }
            if (i >= start && i < start + words) {
                const word_t numbers = in.read();
            bias_copies:
                for (int o = 0; o < kSlots; ++o) {
                    EDGEC_UNROLL
                    if (o == row || !c.bias_by_row) rows[o][side * kBiasWords + word] = numbers;
                }
                if (++word == c.bias_pitch) {
                    word = 0;
                    ++row;
                }
            }
        }
        steps = steps_of(c, pass);
        side = 1 - side;
        left -= count;
        if (++pass == c.passes) {
            pass = 0;
            left = c.rows;
        }
    }
}

}  // namespace edgec
