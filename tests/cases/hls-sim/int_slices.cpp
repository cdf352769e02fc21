// x[i], x(hi, lo) and (a, b): reading, assigning, and what the lanes of memory words need.
#include <type_traits>

#include "ap_int.h"
#include "check.h"

static void documented() {
    ap_uint<8> x = 0x5F;
    ap_uint<4> r = x.range(3, 0);
    CHECK_EQUAL(r, 0xF);
    r = x.range(4, 7);  // reversed
    CHECK_EQUAL(r, 0xA);
    x.range(3, 0) = 0;
    CHECK_EQUAL(x, 0x50);
    x(0, 3) = 1;
    CHECK_EQUAL(x, 0x58);

    ap_int<3> a = -3;
    ap_int<7> b = 54;
    ap_uint<10> both = (b, a);
    CHECK_EQUAL(both, 0x1B5);
    both = a.concat(b);
    CHECK_EQUAL(both, 0x2B6);
    (a, b) = 0xAB;
    CHECK_EQUAL(a, 1);
    CHECK_EQUAL(b, 43);
    static_assert(std::is_same<decltype((a, b).get()), ap_uint<10>>::value, "");
}

static void bits() {
    ap_int<5> x = 0;
    x[4] = 1;
    CHECK_EQUAL(x, -16);
    x[0] = x[4];
    x[1] = ~x[0];
    x[2] = ap_uint<3>(4) != 0;
    CHECK_EQUAL(x, -11);
    CHECK_EQUAL(x[0] + x[4] + x[3], 2);  // bits are bools in arithmetic
    CHECK_EQUAL(x[0] << 3, 8);
    ap_uint<100> wide = 0;
    wide[99] = true;
    wide[64] = x[0];
    CHECK_EQUAL(wide, (ap_uint<100>(1) << 99) + (ap_uint<100>(1) << 64));
    ap_uint<3> three = (wide[99], wide[98], x[4]);
    CHECK_EQUAL(three, 5);
    (x[1], x[0]) = 2;
    CHECK_EQUAL(x, -10);
    ap_uint<2> from_bit = wide[64];
    CHECK_EQUAL(from_bit, 1);
}

static void ranges() {
    ap_uint<16> x = 0xBEEF;
    ap_int<4> s = x(15, 12);
    CHECK_EQUAL(s, -5);
    CHECK_EQUAL(x(15, 8) + 1, 0xBF);
    CHECK_EQUAL(x(7, 0) * x(15, 8), 0xEF * 0xBE);
    CHECK(x(15, 8) < x(7, 0) && x(3, 0) == 15 && x(11, 8).and_reduce() == false && x(3, 0).and_reduce());
    CHECK_EQUAL(x.range(11, 4).length(), 8);
    CHECK_EQUAL(x.range(11, 4).to_int() + static_cast<int>(x.range(3, 0).to_uint()), 0xEE + 15);
    x(15, 8) = x(7, 0);
    CHECK_EQUAL(x, 0xEFEF);
    x(11, 0) = ap_int<3>(-1);  // extended by its sign
    CHECK_EQUAL(x, 0xEFFF);
    x(7, 4) = 0x12;  // cut off
    CHECK_EQUAL(x, 0xEF2F);
    x.range() = 7;
    CHECK_EQUAL(x, 7);
    const ap_uint<16> constant = 0x1234;
    x(11, 4) = constant(7, 0);
    CHECK_EQUAL(x, 0x347);
    (x(15, 12), x(3, 0)) = 0xAB;
    CHECK_EQUAL(x, 0xA34B);
    ap_uint<16> swapped = (x(7, 0), x(15, 8));
    CHECK_EQUAL(swapped, 0x4BA3);
    x = (x(7, 0), x(15, 8));
    CHECK_EQUAL(x, 0x4BA3);
    ap_uint<4> p = 1, q = 2, t = 3;
    ap_uint<12> joined = (p, q, t);
    CHECK_EQUAL(joined, 0x123);
    (p, q, t) = 0x456;
    CHECK_EQUAL(p * 100 + q * 10 + t, 456);
    ap_uint<36> with_native = (p, 5);
    CHECK_EQUAL(with_native, 0x400000005);
    (p, q) = (q, p);
    CHECK_EQUAL(p * 10 + q, 54);
}

/// A word of W bits against the same bits kept one by one.
template <int W>
void check_lanes() {
    ap_uint<W> x = 0;
    ap_int<W> s = 0;
    bool plain[W] = {};
    for (int turn = 0; turn < 400; ++turn) {
        const int lo = random_below(W), n = 1 + random_below(W - lo), hi = lo + n - 1;
        const ap_uint<W> value = random_int<ap_uint<W>>();
        if (turn % 4 == 0) {
            x(lo, hi) = value;
            s(lo, hi) = value;
        } else {
            x(hi, lo) = value;
            s(hi, lo) = value;
        }
        for (int i = 0; i < n; ++i) plain[turn % 4 == 0 ? hi - i : lo + i] = value.test(i);
        for (int i = 0; i < W; ++i) {
            CHECK_EQUAL(x.test(i), plain[i]);
            CHECK_EQUAL(s.test(i), plain[i]);
        }
        CHECK_EQUAL(s.sign(), plain[W - 1]);
        const int from = random_below(W), to = from + random_below(W - from);
        const ap_uint<W> part = s(to, from), reversed = x(from, to);
        const ap_uint<9> cut = x(to, from);
        for (int i = 0; i < W; ++i) {
            CHECK_EQUAL(part.test(i), from + i <= to && plain[from + i]);
            CHECK_EQUAL(reversed.test(i), to - i >= from && plain[to - i]);
            if (i < 9) CHECK_EQUAL(cut.test(i), part.test(i));
        }
        const int move_to = random_below(W - (to - from));
        x(move_to + (to - from), move_to) = x(to, from);  // the two may overlap
        for (int i = from; i <= to; ++i) CHECK_EQUAL(x.test(move_to + i - from), plain[i]);
        for (int i = 0; i < W; ++i) plain[i] = x.test(i);
        s = x;
    }
    for (int lane = 0; lane + 8 <= W; lane += 8) x(lane + 7, lane) = lane * 5;
    for (int lane = 0; lane + 8 <= W; lane += 8) {
        const ap_int<8> value = x(lane + 7, lane);
        CHECK_EQUAL(value, static_cast<signed char>(lane * 5));
    }
}

int main() {
    documented();
    bits();
    ranges();
    check_lanes<8>();
    check_lanes<27>();
    check_lanes<64>();
    check_lanes<65>();
    check_lanes<128>();
    check_lanes<200>();
    return finish("int_slices");
}
