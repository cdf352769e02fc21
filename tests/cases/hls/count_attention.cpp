// Runs the processes of the attention engine one after another, as the dataflow region does in simulation, and counts words
// read from memory and tokens that pass.
#include <cstdio>

#include "edgec/attention_engine.hpp"
#include "layers.h"

namespace {

/// A memory that knows how often it was read. What it holds does not matter.
struct CountingMemory {
    long* reads;
    edgec::word_t operator[](int) const {
        ++*reads;
        return edgec::word_t(0);
    }
};

}  // namespace

int main() {
    using namespace edgec;
    static exponential_t exponentials[kExponentialCopies][256];
    for (int copy = 0; copy < kExponentialCopies; ++copy)
        for (int d = 0; d < 256; ++d) exponentials[copy][d] = d == 0 ? 32767 : 0;
    for (const AttentionCommand& c : kAttentions) {
        long key_reads = 0, value_reads = 0;
        hls::stream<word_t> queries, bias_rows, raw, keys, values;
        read_keys(c, CountingMemory{&key_reads}, queries, bias_rows, raw);
        const long query_tokens = static_cast<long>(queries.size()) / c.words;
        arrange_keys(c, raw, keys);
        const long key_tokens = static_cast<long>(keys.size()) / c.words;
        read_values(c, CountingMemory{&value_reads}, values);
        const long value_tokens = static_cast<long>(values.size()) / c.value_words;

        // All of them are taken, and one result a query comes out: a stream that keeps something, or lacks it, says so.
        hls::stream<SlotSums> products;
        hls::stream<slot_scores_t> biases, scores;
        hls::stream<std::int8_t> highest;
        hls::stream<Weighted> weighted;
        hls::stream<unsigned> sums;
        score(c, queries, keys, products);
        finish_scores(c, products, biases, scores, highest);
        weigh(c, scores, highest, values, exponentials, weighted, sums);
        const long results = static_cast<long>(sums.size());
        while (!sums.empty()) sums.read();
        while (!weighted.empty()) weighted.read();
        std::printf("keys %ld values %ld queries %ld read %ld %ld results %ld\n", key_tokens, value_tokens, query_tokens,
                    key_reads, value_reads, results);
    }
    return 0;
}
