// The map engine: one word of results from one word of each operand.
#pragma once

#include "rounding.hpp"
#include "transfer.hpp"

namespace edgec {

/// A sum, rounded once.
inline int rounded(const MapCommand& c, int sum) {
    EDGEC_INLINE
    return rescaled(sum, c.multiplier_a, c.addend, c.shift, c.zero, c.lo, c.hi);
}

/// Rows weighed by numbers of their own and added up: y[w] = round(sum over j of (row j)[w] * weight j). The rows of one of
/// results come one after the other and stay on chip until all are there; their weights are the lanes of one word.
inline void mix_rows(const MapCommand& c, hls::stream<word_t>& left, hls::stream<word_t>& right, hls::stream<word_t>& out) {
    EDGEC_INLINE_OFF
    static word_t rows[kMixWords];
    const int held = c.terms * c.term_words;
mix_results:
    for (int t = 0; t < c.words; t += c.term_words) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
        const word_t weights = right.read();
    mix_read:
        for (int i = 0; i < held; ++i) {
            EDGEC_PIPELINE(1)
            EDGEC_TRIPS(EDGEC_MOST_WORDS)
            rows[i] = left.read();
        }
        int sums[kLanes] = {};
        EDGEC_PARTITION(sums, 0)
        int term = 0, word = 0, at = 0;
    mix_terms:
        for (int i = 0; i < held; ++i) {
            EDGEC_PIPELINE(EDGEC_MAP_INTERVAL)
            EDGEC_TRIPS(EDGEC_MOST_WORDS)
            const word_t row = rows[at];
            const int weight = lane(weights, term) - c.zero_b;
            word_t y = 0;
        mix_lanes:
            for (int l = 0; l < kLanes; ++l) {
                EDGEC_UNROLL
                const int product = static_cast<std::int16_t>(lane(row, l) - c.zero_a) * static_cast<std::int16_t>(weight);
                sums[l] = (term == 0 ? 0 : sums[l]) + product;
                set_lane(y, l, rounded(c, sums[l]));
            }
            at += c.term_words;
            if (++term == c.terms) {
                out.write(y);
                term = 0;
                at = ++word;
            }
        }
    }
}

inline int mapped(const MapCommand& c, int a, int b) {
    EDGEC_INLINE
    switch (c.step) {
        case kAdd:
            if (!kHasAdd) return 0;
            return rescaled_sum(a, c.zero_a, c.multiplier_a, b, c.zero_b, c.multiplier_b, c.shift, c.zero, c.lo, c.hi);
        case kMultiply:
            if (!kHasMultiply) return 0;
            return rounded(c, (a - c.zero_a) * (b - c.zero_b));
        case kPrelu:
            if (!kHasPrelu) return 0;
            return prelu_quantized(a, c.zero_a, b, c.zero_b, c.multiplier_a, c.multiplier_b, c.addend, c.shift, c.lo, c.hi);
        case kMapMaximum:
            return clamp(maximum(a, b), c.lo, c.hi);
        default:
            return clamp(minimum(a, b), c.lo, c.hi);
    }
}

inline void map_words(const MapCommand c, hls::stream<word_t>& left, hls::stream<word_t>& right,
                      const std::int8_t table[kLanes / 2][256], hls::stream<word_t>& out) {
    EDGEC_INLINE_OFF
    if (kHasMix && c.step == kMix) {
        mix_rows(c, left, right, out);
        return;
    }
map_each:
    for (int i = 0; i < c.words; ++i) {
        EDGEC_PIPELINE(EDGEC_MAP_INTERVAL)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        const word_t a = left.read();
        word_t b = 0;
        if (c.step != kTable) b = right.read();
        word_t y = 0;
    map_lanes:
        for (int l = 0; l < kLanes; ++l) {
            EDGEC_UNROLL
            const int from_a = lane(a, c.splat_left ? 0 : l);
            const int from_b = lane(b, c.splat_right ? 0 : l);
            set_lane(y, l, c.step == kTable ? table[l / 2][from_a + 128] : mapped(c, from_a, from_b));
        }
        out.write(y);
    }
}

inline void stream_map(const MapCommand& c, const word_t* left, const word_t* right, word_t* output,
                       const std::int8_t table[kLanes / 2][256]) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    hls::stream<word_t> a("left");
    hls::stream<word_t> b("right");
    hls::stream<word_t> y("mapped");
    EDGEC_STREAM(a, 64)
    EDGEC_STREAM(b, 64)
    EDGEC_STREAM(y, 64)
    const Nest target = {c.target, 1, 0, 1, 0, 1, 0, c.words};
    read_words(left, c.left, a);
    read_words(right, c.right, b);
    map_words(c, a, b, table, y);
    write_words(y, output, target);
}

/// The second operand comes over the port of the weights: it often is one, and that port is idle. A table takes its place
/// (its nest then counts nothing).
inline void run_map(const MapCommand& c, const word_t* input, const word_t* weights_port, word_t* output) {
    EDGEC_INLINE_OFF
    static std::int8_t table[kLanes / 2][256];  // two lanes share a memory of two ports
    EDGEC_PARTITION(table, 1)
    if (c.step == kTable) {
    table_words:
        for (int i = 0; i < 256 / kLanes; ++i) {
            const word_t word = weights_port[c.right.address + i];
        table_entries:
            for (int l = 0; l < kLanes; ++l) {
                EDGEC_PIPELINE(1)
            table_copies:
                for (int copy = 0; copy < kLanes / 2; ++copy) {
                    EDGEC_UNROLL
                    table[copy][i * kLanes + l] = lane(word, l);
                }
            }
        }
    }
    stream_map(c, input, weights_port, output, table);
}

}  // namespace edgec
