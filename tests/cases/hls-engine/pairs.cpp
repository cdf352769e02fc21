// Two products in one multiplier come apart exactly: every pair of weights with every activation, and the sums of 16 at their ends.
#include <cstdio>

#include "edgec/pairs.hpp"

namespace {

int failures = 0;

void expect(edgec::pair_sum_t sum, long lower, long upper) {
    const edgec::PairSums sums = edgec::separated(sum, true);
    if (sums.lower == lower && sums.upper == upper) return;
    if (++failures <= 10) std::printf("%d, %d instead of %ld, %ld\n", sums.lower, sums.upper, lower, upper);
}

/// The byte of memory that holds two weights.
int stored(int lower, int upper) { return static_cast<std::int8_t>((lower & 15) | (upper & 15) << 4); }

}  // namespace

int main() {
    const int least = -(1 << (edgec::kSampleBits - 1)), most = -least - 1;
    for (int upper = -8; upper < 8; ++upper)
        for (int lower = -8; lower < 8; ++lower) {
            const edgec::operand_t pair = edgec::operand(stored(lower, upper), true);
            for (int x = least; x <= most; ++x) expect(static_cast<edgec::pair_sum_t>(x) * pair.to_int(), x * lower, x * upper);
        }
    const int ends[] = {-8, 7}, samples[] = {least, most};
    for (int upper : ends)
        for (int lower : ends)
            for (int x : samples) {
                edgec::pair_sum_t sum = 0;
                for (int l = 0; l < edgec::kLanes; ++l)
                    sum += static_cast<edgec::pair_sum_t>(x) * edgec::operand(stored(lower, upper), true).to_int();
                expect(sum, 16L * x * lower, 16L * x * upper);
            }
    for (int weight = -128; weight < 128; ++weight)
        if (edgec::operand(weight, false).to_int() != weight || edgec::separated(weight, false).lower != weight) ++failures;
    return failures == 0 ? 0 : 1;
}
