// The attention engine: softmax(queries * keys) * values, several queries at a time, each key and value streamed to all.
//
// The queries in flight are p slots. Query o of a batch of p comes in as key o does and sees the keys from there on, around
// to key o - 1 in the next batch's pass over them; then its slot is free for the query that comes in as key o does again.
// So one key a step serves any p, and a key is read N / p times instead of N (Sarkar et al., Edge-MoE, ICCAD 2023).
//
//   read  ->  arrange  ->  score  ->  finish_scores  -> FIFO of N steps ->  weigh  ->  normalize, finish  ->  write
//                                                                             ^
//                                                           read_values ------+
//
// A query's scores are all known, and so is the greatest, when its last key has passed; a whole turn later than its first.
// Then the values pass by in the same rotated order: exponential, sum and weighted sum share that visit, and what rounds
// comes once, behind it. Between the two visits lie p rows of N scores, no more, in the order of the steps. What is added to
// scores, a mask or positions, comes with the queries, a row for each.
#pragma once

#include <hls_stream.h>

#include "attention_operands.hpp"
#include "edgec_arithmetic.hpp"
#include "exponentials.hpp"
#include "rounding.hpp"
#include "transfer.hpp"
#include "words.hpp"

namespace edgec {

/// The sums of the queries in flight with one key.
struct SlotSums {
    int slots[kSlots];
};

/// The number of a slot.
inline std::int8_t of_slot(const slot_scores_t& packed, int slot) {
    EDGEC_INLINE
    return static_cast<std::int8_t>(packed.range(8 * slot + 7, 8 * slot).to_uint());
}

/// A word of a query's weighted sums. Planned for the most keys of this model.
struct Weighted {
    ap_int<kWeightedBits> lanes[kLanes];
};

/// What normalizes a query's weighted sums.
struct Normalization {
    unsigned sum;
    ap_uint<16> reciprocal;
    ap_uint<5> shift;
};

/// Every query in flight times every key.
inline void score(const AttentionCommand c, hls::stream<word_t>& queries, hls::stream<word_t>& keys,
                  hls::stream<SlotSums>& out) {
    EDGEC_INLINE_OFF
    static std::int8_t held[kSlots][kQueryWords][kLanes];
    EDGEC_PARTITION(held, 1)
    EDGEC_RESHAPE(held, 3)
    int sums[kSlots];
    EDGEC_PARTITION(sums, 0)
clear_sums:
    for (int o = 0; o < kSlots; ++o) {
        EDGEC_UNROLL
        sums[o] = 0;
    }
    Step at = {0, 0, 0};
    int word = 0;
score_words:
    for (int i = 0; i < c.batch * c.steps * c.words; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_STEPS)
        const word_t read = keys.read();
        const bool comes = begins(c, at);
        word_t query = 0;
        if (comes) query = queries.read();
        std::int16_t key[kLanes];
        EDGEC_PARTITION(key, 0)
    score_key:
        for (int l = 0; l < kLanes; ++l) {
            EDGEC_UNROLL
            key[l] = word * kLanes + l < c.inner ? lane(read, l) - c.key_zero : 0;
        }
    score_slots:
        for (int o = 0; o < kSlots; ++o) {
            EDGEC_UNROLL
            const bool fresh = comes && o == at.key;
            int part = 0;
        score_lanes:
            for (int l = 0; l < kLanes; ++l) {
                EDGEC_UNROLL
                const std::int8_t element = fresh ? lane(query, l) : held[o][word][l];
                if (fresh) held[o][word][l] = element;
                part += (element - c.query_zero) * key[l];
            }
            sums[o] = (word == 0 ? 0 : sums[o]) + part;
        }
        if (++word == c.words) {
            word = 0;
            SlotSums products;
        score_products:
            for (int o = 0; o < kSlots; ++o) {
                EDGEC_UNROLL
                products.slots[o] = sums[o];
            }
            out.write(products);
            advance(c, at);
        }
    }
}

inline int scored(const AttentionCommand& c, int sum, int bias) {
    EDGEC_INLINE
    long long addend = c.score_addend;
    if (kHasBias && c.biased) addend += static_cast<long long>(bias - c.bias_zero) * c.bias_multiplier;
    return rescaled(sum, c.score_multiplier, addend, c.score_shift, c.score_zero, -128, 127);
}

/// Sums become scores of 8 bits; behind a query's last comes its greatest.
inline void finish_scores(const AttentionCommand c, hls::stream<SlotSums>& in, hls::stream<slot_scores_t>& biases,
                          hls::stream<slot_scores_t>& scores, hls::stream<std::int8_t>& highest) {
    EDGEC_INLINE_OFF
    std::int8_t best[kSlots];
    EDGEC_PARTITION(best, 0)
    Step at = {0, 0, 0};
clear_best:
    for (int o = 0; o < kSlots; ++o) {
        EDGEC_UNROLL
        best[o] = 0;
    }
finish_steps:
    for (int i = 0; i < c.batch * c.steps; ++i) {
        EDGEC_PIPELINE(EDGEC_SCORE_INTERVAL)
        EDGEC_TRIPS(EDGEC_MOST_STEPS)
        const SlotSums sums = in.read();
        slot_scores_t added = 0, packed = 0;
        if (kHasBias && c.biased) added = biases.read();
    finish_slots:
        for (int o = 0; o < kSlots; ++o) {
            EDGEC_UNROLL
            const std::int8_t q = scored(c, sums.slots[o], of_slot(added, o));
            if (o == at.key || q > best[o]) best[o] = q;
            packed.range(8 * o + 7, 8 * o) = static_cast<std::uint8_t>(q);
        }
        scores.write(packed);
        if (ends(c, at)) highest.write(best[last_slot(c, at)]);
        advance(c, at);
    }
}

/// Exponentials, their sums, and the values' sums by them.
inline void weigh(const AttentionCommand c, hls::stream<slot_scores_t>& scores, hls::stream<std::int8_t>& highest,
                  hls::stream<word_t>& values, const exponential_t exponentials[kExponentialCopies][256],
                  hls::stream<Weighted>& weighted, hls::stream<unsigned>& sums) {
    EDGEC_INLINE_OFF
    // Registers: a word of values may follow itself.
    ap_int<kWeightedBits> totals[kSlots][kValueWords][kLanes];
    EDGEC_PARTITION(totals, 0)
    std::int8_t best[kSlots];
    EDGEC_PARTITION(best, 0)
    unsigned sum[kSlots];
    EDGEC_PARTITION(sum, 0)
    std::int16_t weight[kSlots];
    EDGEC_PARTITION(weight, 0)
clear_slots:
    for (int o = 0; o < kSlots; ++o) {
        EDGEC_UNROLL
        best[o] = 0;
        sum[o] = 0;
        weight[o] = 0;
    clear_words:
        for (int w = 0; w < kValueWords; ++w) {
            EDGEC_UNROLL
        clear_lanes:
            for (int l = 0; l < kLanes; ++l) {
                EDGEC_UNROLL
                totals[o][w][l] = 0;
            }
        }
    }
    Step at = {0, 0, 0};
    int word = 0;
weigh_words:
    for (int i = 0; i < c.batch * c.steps * c.value_words; ++i) {
        EDGEC_PIPELINE(1)
        EDGEC_TRIPS(EDGEC_MOST_STEPS)
        if (word == 0) {
            const slot_scores_t packed = scores.read();
            if (begins(c, at)) best[at.key] = highest.read();
        weigh_scores:
            for (int o = 0; o < kSlots; ++o) {
                EDGEC_UNROLL
                const std::int8_t q = of_slot(packed, o);
                // A slot without a query may hold a score above its best.
                const ap_uint<8> distance = best[o] - q;
                weight[o] = exponentials[o / 2][distance].to_int();
                sum[o] = (o == at.key ? 0 : sum[o]) + weight[o];
            }
        }
        const word_t value = values.read();
    weigh_slots:
        for (int o = 0; o < kSlots; ++o) {
            EDGEC_UNROLL
        weigh_lanes:
            for (int l = 0; l < kLanes; ++l) {
                EDGEC_UNROLL
                const ap_int<kWeightedBits> before = o == at.key ? ap_int<kWeightedBits>(0) : totals[o][word][l];
                totals[o][word][l] = before + weight[o] * lane(value, l);
            }
        }
        if (ends(c, at)) {
            const int slot = last_slot(c, at);
            if (word == 0) sums.write(sum[slot]);
            Weighted result;
        weigh_result:
            for (int l = 0; l < kLanes; ++l) {
                EDGEC_UNROLL
                result.lanes[l] = totals[slot][word][l];
            }
            weighted.write(result);
        }
        if (++word == c.value_words) {
            word = 0;
            advance(c, at);
        }
    }
}

/// A reciprocal for each query. They are few: a divider that takes a bit a cycle is a tenth of one that starts every cycle.
inline void normalize(const AttentionCommand c, hls::stream<unsigned>& in, hls::stream<Normalization>& out) {
    EDGEC_INLINE_OFF
normalize_queries:
    for (int i = 0; i < c.batch * c.rows; ++i) {
        EDGEC_TRIPS(EDGEC_MOST_ROWS)
        Normalization by;
        by.sum = in.read();
        by.shift = softmax_normalization_shift(by.sum);
        by.reciprocal = softmax_reciprocal(by.sum, by.shift);
        out.write(by);
    }
}

/// The one rounding of the result.
inline void finish_weighted(const AttentionCommand c, hls::stream<Weighted>& in, hls::stream<Normalization>& by,
                            hls::stream<word_t>& out) {
    EDGEC_INLINE_OFF
    Normalization n = {};
    int word = 0;
finish_weighted_words:
    for (int i = 0; i < c.batch * c.rows * c.value_words; ++i) {
        EDGEC_PIPELINE(EDGEC_FINISH_INTERVAL)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        if (word == 0) n = by.read();
        const Weighted sums = in.read();
        word_t y = 0;
    finish_weighted_lanes:
        for (int l = 0; l < kLanes; ++l) {
            EDGEC_UNROLL
            const ap_int<64> centred = sums.lanes[l] - ap_int<8>(c.value_zero) * ap_int<32>(n.sum);
            set_lane(y, l, softmax_requantize_weighted(
                               centred, n.reciprocal, n.shift, c.multiplier, c.shift, c.zero, c.lo, c.hi));
        }
        out.write(y);
        if (++word == c.value_words) word = 0;
    }
}

inline void stream_attention(const AttentionCommand& c, const word_t* input, const word_t* value_port, word_t* output,
                             const exponential_t exponentials[kExponentialCopies][256]) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    hls::stream<word_t> queries("queries");
    hls::stream<word_t> bias_rows("bias rows");
    hls::stream<slot_scores_t> biases("biases");
    hls::stream<word_t> keys("keys");
    hls::stream<word_t> arranged("arranged");
    hls::stream<word_t> values("values");
    hls::stream<SlotSums> products("products");
    hls::stream<slot_scores_t> scores("scores");
    hls::stream<std::int8_t> highest("highest");
    hls::stream<Weighted> weighted("weighted");
    hls::stream<unsigned> sums("sums");
    hls::stream<Normalization> normalizations("normalizations");
    hls::stream<word_t> results("results");
    EDGEC_STREAM(queries, EDGEC_QUERY_QUEUE)  // a batch of them comes before its keys
    EDGEC_STREAM(bias_rows, 64)
    EDGEC_STREAM(biases, 16)
    EDGEC_STREAM(keys, 64)
    EDGEC_STREAM(arranged, 16)
    EDGEC_STREAM(values, 64)
    EDGEC_STREAM(products, 4)
    EDGEC_STREAM(scores, EDGEC_SCORE_QUEUE)  // a turn: a query's greatest score comes behind its last
    EDGEC_STREAM(highest, 16)
    EDGEC_STREAM(weighted, 32)
    EDGEC_STREAM(sums, 32)
    EDGEC_STREAM(normalizations, 32)
    EDGEC_STREAM(results, 64)
    read_keys(c, input, queries, bias_rows, keys);
    arrange_biases(c, bias_rows, biases);
    arrange_keys(c, keys, arranged);
    score(c, queries, arranged, products);
    finish_scores(c, products, biases, scores, highest);
    read_values(c, value_port, values);
    weigh(c, scores, highest, values, exponentials, weighted, sums);
    normalize(c, sums, normalizations);
    finish_weighted(c, weighted, normalizations, results);
    write_words(results, output, c.target);
}

/// Queries and keys come over the first port, values over that of the weights: so both passes have one to themselves.
inline void run_attention(const AttentionCommand& c, const word_t* input, const word_t* weights_port, word_t* output) {
    EDGEC_INLINE_OFF
    static exponential_t exponentials[kExponentialCopies][256];  // two slots share a memory of two ports
    EDGEC_PARTITION(exponentials, 1)
    load_exponentials<kExponentialCopies>(weights_port, c.table, exponentials);
    stream_attention(c, input, weights_port, output, exponentials);
}

}  // namespace edgec
