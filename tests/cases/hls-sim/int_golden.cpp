// Widths of results and known values of ap_int and ap_uint.
#include <sstream>
#include <type_traits>

#include "ap_int.h"
#include "check.h"

#define TYPE_IS(expression, ...) static_assert(std::is_same<decltype(expression), __VA_ARGS__>::value, #expression)

extern ap_int<8> s8;  // only their types are used
extern ap_int<5> s5;
extern ap_uint<8> u8;
extern ap_uint<5> u5;

TYPE_IS(s8 + s5, ap_int<9>);
TYPE_IS(s8 + u8, ap_int<10>);
TYPE_IS(u8 + u5, ap_uint<9>);
TYPE_IS(s5 + u8, ap_int<10>);
TYPE_IS(u5 - u8, ap_int<9>);
TYPE_IS(s8 - s5, ap_int<9>);
TYPE_IS(u8 - s8, ap_int<10>);
TYPE_IS(s8 * s5, ap_int<13>);
TYPE_IS(u8 * s5, ap_int<13>);
TYPE_IS(u8 * u5, ap_uint<13>);
TYPE_IS(s8 / s5, ap_int<9>);
TYPE_IS(s8 / u5, ap_int<8>);
TYPE_IS(u8 / s5, ap_int<9>);
TYPE_IS(u8 / u5, ap_uint<8>);
TYPE_IS(s8 % s5, ap_int<5>);
TYPE_IS(s8 % u5, ap_int<6>);
TYPE_IS(u8 % s5, ap_uint<5>);
TYPE_IS(s5 % s8, ap_int<5>);
TYPE_IS(s8 & u8, ap_int<9>);
TYPE_IS(s8 | s5, ap_int<8>);
TYPE_IS(u8 ^ u5, ap_uint<8>);
TYPE_IS(s8 + 1, ap_int<33>);
TYPE_IS(1 + s8, ap_int<33>);
TYPE_IS(s8 + true, ap_int<9>);
TYPE_IS(s8 * std::int64_t{1}, ap_int<72>);
TYPE_IS(-u8, ap_int<9>);
TYPE_IS(-s8, ap_int<9>);
TYPE_IS(~u8, ap_uint<8>);
TYPE_IS(s8 << 3, ap_int<8>);
TYPE_IS(u8 >> u5, ap_uint<8>);
TYPE_IS(ap_int<64>() * ap_int<64>(), ap_int<128>);
static_assert(sizeof(ap_int<7>) == 1 && sizeof(ap_uint<12>) == 2 && sizeof(ap_int<33>) == 8, "the smallest there is");
static_assert(sizeof(ap_uint<512>) == 64, "limbs");
static_assert(std::is_trivially_copyable<ap_int<8>>::value && std::is_trivially_copyable<ap_uint<512>>::value, "");
static_assert(ap_int<8>::width == 8 && ap_uint<5>::width == 5, "");

// All of it can be a constant: tables of weights need no code at start.
static constexpr ap_int<6> table[] = {1, -2, 31, -32, 32};
static_assert(table[4] == -32 && table[1] * table[2] == -62, "");
static_assert((ap_uint<128>(1) << 127) > 0 && ap_int<65>(-1) < 0, "");

static void values() {
    CHECK_EQUAL(ap_uint<5>(0) - ap_uint<8>(191), -191);
    CHECK_EQUAL(-ap_uint<8>(200), -200);
    CHECK_EQUAL(-ap_int<8>(-128), 128);
    CHECK_EQUAL(ap_uint<8>(200) << 1, 144);
    CHECK_EQUAL(ap_uint<8>(200) << -1, 100);
    CHECK_EQUAL(ap_uint<8>(100) >> -1, 200);
    CHECK_EQUAL(ap_int<8>(-7) / 3, -2);
    CHECK_EQUAL(ap_int<8>(-7) % 3, -1);
    CHECK_EQUAL(7 / ap_int<8>(-2), -3);
    CHECK_EQUAL(7 % ap_int<8>(-2), 1);
    CHECK_EQUAL(ap_int<8>(-7) >> 1, -4);
    CHECK_EQUAL(ap_int<8>(-7) >> 100, -1);
    CHECK_EQUAL(ap_int<8>(-7) << 100, 0);
    CHECK_EQUAL(ap_int<8>(-7) >> ap_int<4>(-3), -56);
    CHECK_EQUAL(ap_int<8>(1) << ap_uint<64>(~0ull), 0);
    CHECK_EQUAL(ap_int<8>(-128) / ap_int<8>(-1), 128);
    CHECK_EQUAL(ap_int<64>(INT64_MIN) / ap_int<2>(-1), ap_uint<64>(1) << 63);
    CHECK_EQUAL(ap_int<64>(INT64_MIN) * ap_int<64>(INT64_MIN), ap_uint<127>(1) << 126);
    CHECK_EQUAL((ap_int<64>(INT64_MAX) + ap_int<64>(INT64_MAX)).to_string(10), "18446744073709551614");
    CHECK_EQUAL(ap_int<8>(300), 44);
    CHECK_EQUAL(ap_int<8>(200), -56);
    CHECK_EQUAL(ap_int<1>(1), -1);
    CHECK_EQUAL(ap_int<8>(-3.99), -3);
    CHECK_EQUAL(ap_int<8>(300.5f), 44);
    CHECK_EQUAL(ap_uint<128>(std::ldexp(3.0, 100)), ap_uint<128>(3) << 100);
    CHECK_EQUAL(ap_int<128>(-std::ldexp(3.0, 100)), -(ap_int<128>(3) << 100));
    CHECK_EQUAL(ap_uint<8>(std::ldexp(1.0, 300)), 0);
    CHECK(ap_int<8>(-1) < ap_uint<64>(0) && ap_int<8>(-1) != ap_uint<64>(~0ull) && -1 < ap_uint<8>(0));
    CHECK(ap_uint<64>(~0ull) > ap_int<64>(-1) && ap_uint<64>(~0ull) > 0 && ap_int<100>(-1) < ap_uint<64>(0));
}

static void methods() {
    ap_uint<8> x = 0x5A;
    CHECK_EQUAL(x.length(), 8);
    CHECK(x.test(1) && !x.test(0) && x[6] && x.or_reduce() && !x.and_reduce() && !x.xor_reduce());
    CHECK(ap_uint<70>(-1).and_reduce() && ap_int<3>(-1).and_reduce() && !ap_uint<70>(0).or_reduce());
    CHECK(ap_uint<70>(ap_uint<70>(1) << 69).xor_reduce() && !ap_int<70>(-1).xor_reduce());
    x.set(0);
    x.clear(1);
    x.invert(7);
    CHECK_EQUAL(x, 0xD9);
    CHECK_EQUAL(x.reverse(), 0x9B);
    x.b_not();
    CHECK_EQUAL(x, 0x64);
    x.set();
    CHECK_EQUAL(x, 255);
    x.clear();
    CHECK(x.iszero() && !x);
    CHECK_EQUAL(ap_uint<16>(0x0100).countLeadingZeros(), 7);
    CHECK_EQUAL(ap_int<8>(-1).countLeadingZeros(), 0);
    CHECK_EQUAL(ap_uint<100>(1).countLeadingZeros(), 99);
    CHECK_EQUAL(ap_uint<100>(0).countLeadingZeros(), 100);
    CHECK(ap_int<9>(-1).sign() && !ap_uint<9>(-1).sign());
    ap_uint<12> r = 0x123;
    r.lrotate(4);
    CHECK_EQUAL(r, 0x231);
    r.rrotate(8);
    CHECK_EQUAL(r, 0x312);

    ap_int<8> y = 127;
    CHECK_EQUAL(++y, -128);
    CHECK_EQUAL(y--, -128);
    CHECK_EQUAL(y, 127);
    y += 1.9;
    y *= ap_int<3>(-3);
    CHECK_EQUAL(y, -128);
    y /= 3;
    y %= 5;
    CHECK_EQUAL(y, -2);
    y <<= 2;
    y >>= ap_uint<2>(1);
    y |= 1;
    y &= ap_uint<4>(7);
    y ^= -1;
    y -= ap_uint<70>(0);
    CHECK_EQUAL(y, -6);

    CHECK_EQUAL(ap_int<70>(-5).to_int(), -5);
    CHECK_EQUAL(ap_uint<8>(250).to_uint(), 250u);
    CHECK_EQUAL(ap_int<40>(-5).to_uint64(), ~4ull);
    CHECK_EQUAL(ap_int<70>(-5).to_int64(), std::int64_t{-5});
    CHECK_EQUAL(ap_int<70>(-5).to_long() + static_cast<long>(ap_int<5>(3).to_float()), -2L);
    CHECK_EQUAL(ap_uint<64>(~0ull).to_double(), 18446744073709551616.0);
    CHECK_EQUAL((ap_uint<200>(5) << 150).to_double(), std::ldexp(5.0, 150));
    CHECK_EQUAL((-(ap_int<200>(5) << 150)).to_double(), std::ldexp(-5.0, 150));
    const ap_uint<200> tie = (ap_uint<200>(1) << 153) + (ap_uint<200>(1) << 100);
    CHECK_EQUAL(tie.to_double(), std::ldexp(1.0, 153));  // to even,
    CHECK_EQUAL((tie + 1).to_double(), std::ldexp(1.0, 153) + std::ldexp(1.0, 101));  // or past the tie
    int cells[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    CHECK_EQUAL(cells[ap_uint<3>(5)], 5);
    CHECK((ap_uint<65>(1) << 64) ? true : false);
    switch (ap_int<4>(-2)) {
        case -2: break;
        default: CHECK(false);
    }
}

static void text() {
    const ap_int<72> x("80fedcba9876543210");
    CHECK_EQUAL(x.to_string(), "80FEDCBA9876543210");
    CHECK_EQUAL(x.to_string(10), "-2342818482890329542128");
    CHECK_EQUAL(x.to_string(8), "401773345651416625031020");
    CHECK_EQUAL(x.to_string(16, true), "-7F0123456789ABCDF0");
    CHECK_EQUAL(ap_int<6>("101010", 2).to_string(2), "101010");
    CHECK_EQUAL(ap_int<6>("40", 8), -32);
    CHECK_EQUAL(ap_int<6>("-13", 10), -13);
    CHECK_EQUAL(ap_uint<16>("0xBeef"), 0xBEEF);
    CHECK_EQUAL(ap_uint<16>("0b101", 2), 5);
    CHECK_EQUAL(ap_int<5>(0).to_string(10), "0");
    std::ostringstream out;
    out << ap_int<8>(-65) << ' ' << ap_uint<8>(65) << ' ' << (ap_uint<100>(1) << 99);
    CHECK_EQUAL(out.str(), "-65 65 633825300114114700748351602688");
}

int main() {
    values();
    methods();
    text();
    return finish("int_golden");
}
