// Widths of results, and known values of every quantization and overflow mode.
#include <cmath>
#include <initializer_list>
#include <limits>
#include <sstream>
#include <type_traits>

#include "ap_fixed.h"
#include "check.h"

#define TYPE_IS(expression, ...) static_assert(std::is_same<decltype(expression), __VA_ARGS__>::value, #expression)

extern ap_fixed<8, 3> a8;  // only their types are used
extern ap_fixed<10, 5> b10;
extern ap_ufixed<8, 3> u8;
extern ap_int<6> i6;

TYPE_IS(a8 + b10, ap_fixed<11, 6>);
TYPE_IS(a8 - b10, ap_fixed<11, 6>);
TYPE_IS(a8 * b10, ap_fixed<18, 8>);
TYPE_IS(a8 / b10, ap_fixed<14, 9>);
TYPE_IS(a8 / u8, ap_fixed<13, 8>);
TYPE_IS(a8 + u8, ap_fixed<10, 5>);
TYPE_IS(u8 + u8, ap_ufixed<9, 4>);
TYPE_IS(u8 - u8, ap_fixed<9, 4>);
TYPE_IS(-a8, ap_fixed<9, 4>);
TYPE_IS(-u8, ap_fixed<9, 4>);
TYPE_IS(a8 << 1, ap_fixed<8, 3>);
TYPE_IS(a8 + i6, ap_fixed<12, 7>);
TYPE_IS(i6 * a8, ap_fixed<14, 9>);
TYPE_IS(a8 + 1, ap_fixed<38, 33>);
TYPE_IS(a8 & b10, ap_fixed<10, 5>);
static_assert(ap_fixed<8, 3>::width == 8 && ap_fixed<8, 3>::iwidth == 3, "");
static_assert(ap_fixed<8, 3>::qmode == AP_TRN && ap_ufixed<8, 3, AP_RND, AP_SAT>::omode == AP_SAT, "");
static_assert(sizeof(ap_fixed<16, 6>) == 2 && std::is_trivially_copyable<ap_fixed<16, 6>>::value, "");
static_assert(std::is_convertible<double, ap_fixed<8, 3>>::value, "");
static_assert(!std::is_convertible<ap_fixed<8, 3>, double>::value, "");

using values = std::initializer_list<double>;

/// The same from a double and from a finer fixed-point number.
template <class Fixed>
void check_table(const char* name, values inputs, values outputs) {
    auto expected = outputs.begin();
    for (const double input : inputs) {
        const Fixed from_double = input, from_fixed = ap_fixed<40, 20>(input);
        if (from_double != *expected || from_fixed != *expected)
            report(name, static_cast<int>(expected - outputs.begin()), show(input).c_str(),
                   show(from_double) + " and " + show(from_fixed), show(*expected));
        ++expected;
    }
}

template <ap_q_mode Q>
void check_quantization(const char* name, values outputs) {
    check_table<ap_fixed<8, 4, Q>>(name, {2.03125, 2.0625, 2.09375, -2.03125, -2.0625, -2.09375}, outputs);
}

template <ap_o_mode O>
void check_overflow(const char* name, values outputs) {
    check_table<ap_fixed<6, 4, AP_TRN, O>>(name, {7.5, 8.0, 9.25, -8.0, -8.25, -9.5, 20.0}, outputs);
}

static void modes() {
    check_quantization<AP_TRN>("AP_TRN", {2.0, 2.0625, 2.0625, -2.0625, -2.0625, -2.125});
    check_quantization<AP_TRN_ZERO>("AP_TRN_ZERO", {2.0, 2.0625, 2.0625, -2.0, -2.0625, -2.0625});
    check_quantization<AP_RND>("AP_RND", {2.0625, 2.0625, 2.125, -2.0, -2.0625, -2.0625});
    check_quantization<AP_RND_ZERO>("AP_RND_ZERO", {2.0, 2.0625, 2.0625, -2.0, -2.0625, -2.0625});
    check_quantization<AP_RND_MIN_INF>("AP_RND_MIN_INF", {2.0, 2.0625, 2.0625, -2.0625, -2.0625, -2.125});
    check_quantization<AP_RND_INF>("AP_RND_INF", {2.0625, 2.0625, 2.125, -2.0625, -2.0625, -2.125});
    check_quantization<AP_RND_CONV>("AP_RND_CONV", {2.0, 2.0625, 2.125, -2.0, -2.0625, -2.125});

    check_overflow<AP_WRAP>("AP_WRAP", {7.5, -8.0, -6.75, -8.0, 7.75, 6.5, 4.0});
    check_overflow<AP_SAT>("AP_SAT", {7.5, 7.75, 7.75, -8.0, -8.0, -8.0, 7.75});
    check_overflow<AP_SAT_ZERO>("AP_SAT_ZERO", {7.5, 0, 0, -8.0, 0, 0, 0});
    check_overflow<AP_SAT_SYM>("AP_SAT_SYM", {7.5, 7.75, 7.75, -7.75, -7.75, -7.75, 7.75});
    check_overflow<AP_WRAP_SM>("AP_WRAP_SM", {7.5, 7.75, 6.5, -8.0, -8.0, -6.75, -4.25});

    CHECK_EQUAL((ap_ufixed<4, 4, AP_TRN, AP_SAT>(-3)), 0);
    CHECK_EQUAL((ap_ufixed<4, 4, AP_TRN, AP_WRAP>(-3)), 13);
    CHECK_EQUAL((ap_ufixed<4, 4, AP_TRN, AP_SAT_SYM>(16)), 15);
    CHECK_EQUAL((ap_fixed<4, 4, AP_TRN, AP_WRAP, 1>(9)), 1);
    CHECK_EQUAL((ap_fixed<4, 4, AP_TRN, AP_WRAP, 1>(-10)), -2);
    CHECK_EQUAL((ap_fixed<4, 4, AP_TRN, AP_SAT_SYM>(-8)), -7);
    CHECK_EQUAL((ap_fixed<4, 4, AP_RND, AP_SAT>(7.5)), 7);       // rounding carries into overflow
    CHECK_EQUAL((ap_fixed<4, 4, AP_RND, AP_WRAP>(7.5)), -8);
    CHECK_EQUAL((ap_fixed<4, 6>(13.0)), 12);   // steps of 4
    CHECK_EQUAL((ap_fixed<4, -1>(0.2)), 0.1875);  // steps of 1/32
}

static void doubles() {
    const double infinity = std::numeric_limits<double>::infinity();
    CHECK_EQUAL((ap_fixed<8, 4, AP_TRN, AP_SAT>(infinity)), 7.9375);
    CHECK_EQUAL((ap_fixed<8, 4, AP_TRN, AP_SAT>(-infinity)), -8);
    CHECK_EQUAL((ap_fixed<8, 4, AP_TRN, AP_SAT>(1e300)), 7.9375);
    CHECK_EQUAL((ap_fixed<8, 4>(1e300)), 0);
    CHECK_EQUAL((ap_fixed<8, 4>(std::numeric_limits<double>::quiet_NaN())), 0);
    CHECK_EQUAL((ap_fixed<8, 4>(-1e-300)), -0.0625);
    CHECK_EQUAL((ap_fixed<8, 4, AP_TRN_ZERO>(-1e-300)), 0);
    CHECK_EQUAL((ap_fixed<8, 4, AP_RND>(-1e-300)), 0);
    CHECK_EQUAL((ap_fixed<8, 4, AP_RND_INF>(std::nextafter(0.03125, 0.0))), 0);
    CHECK_EQUAL((ap_fixed<8, 4, AP_RND_INF>(0.03125f)), 0.0625);
    CHECK_EQUAL((ap_fixed<200, 100>(std::ldexp(-3.0, 90)).to_double()), std::ldexp(-3.0, 90));
    CHECK_EQUAL((ap_fixed<200, 100>(std::ldexp(3.0, -90)).to_double()), std::ldexp(3.0, -90));
    CHECK_EQUAL((ap_ufixed<8, 0>(0.999).to_float()), 255.0f / 256.0f);
}

static void arithmetic() {
    const ap_fixed<8, 3> a = 1.5;
    const ap_fixed<10, 5> b = -2.25;
    CHECK_EQUAL(a + b, -0.75);
    CHECK_EQUAL(a - b, 3.75);
    CHECK_EQUAL(a * b, -3.375);
    CHECK_EQUAL(a / b, -0.65625);
    CHECK_EQUAL(-a, -1.5);
    CHECK_EQUAL(a + 1, 2.5);
    CHECK_EQUAL(3 * a, 4.5);
    CHECK_EQUAL(a * ap_int<4>(-5), -7.5);
    CHECK_EQUAL((1 / ap_fixed<8, 4>(4)), 0);  // an integer dividend has no fraction bits
    CHECK_EQUAL((ap_fixed<8, 3>(1) / ap_fixed<4, 6>(4)), 0.25);
    CHECK_EQUAL((ap_fixed<8, 4>(3.0625) >> 3), 0.375);
    CHECK_EQUAL((ap_fixed<8, 4>(-3.0625) >> 3), -0.4375);
    CHECK_EQUAL((ap_fixed<8, 4>(3.0625) << 2), -3.75);
    CHECK_EQUAL((ap_fixed<8, 4>(3) << -1), 1.5);
    CHECK_EQUAL((ap_fixed<8, 4>(2.75) & ap_fixed<6, 4>(1.5)), 0.5);
    CHECK_EQUAL((ap_fixed<8, 4>(2.75) | 4), 6.75);
    CHECK_EQUAL((ap_ufixed<8, 4>(2.75) ^ ap_ufixed<6, 4>(1.5)), 3.25);
    CHECK_EQUAL((~ap_ufixed<4, 2>(1.25)), 2.5);

    ap_fixed<8, 4, AP_RND, AP_SAT> s = 3.0625;
    s += s;
    CHECK_EQUAL(s, 6.125);
    s += s;
    CHECK_EQUAL(s, 7.9375);
    s /= 4;
    CHECK_EQUAL(s, 1.9375);  // 1.984375 truncated by the quotient
    s *= ap_fixed<8, 4>(1.5);
    CHECK_EQUAL(s, 2.9375);  // 2.90625 rounded
    s -= 20;
    CHECK_EQUAL(s, -8);
    CHECK_EQUAL(s--, -8);
    CHECK_EQUAL(++s, -7);
    s >>= 1;
    s |= ap_ufixed<4, 0>(0.25);
    CHECK_EQUAL(s, -3.25);

    CHECK(a > b && b < a && a >= 1.5 && 1.5 <= a && a < 2 && -3 < b && b != 0 && a == 1.5f && !(a != 1.5));
    CHECK((ap_fixed<8, 4>(-1) < ap_ufixed<70, 60>(0)) && (ap_fixed<4, 6>(4) == ap_fixed<8, 4>(4)));
}

static void conversions() {
    CHECK_EQUAL((ap_fixed<8, 4>(-2.5).to_int()), -2);
    CHECK_EQUAL((static_cast<int>(ap_fixed<8, 4>(-2.5))), -2);
    CHECK_EQUAL(ap_int<8>(ap_fixed<8, 4>(-2.5)), -2);
    CHECK_EQUAL(ap_int<3>(ap_fixed<8, 4>(6.5)), -2);
    CHECK_EQUAL(ap_int<8>(ap_fixed<4, 6>(-28)), -28);
    CHECK_EQUAL(ap_int<8>(ap_fixed<4, -3>(-0.01)), 0);
    CHECK_EQUAL((ap_fixed<8, 4>(2.5).to_uint()), 2u);
    CHECK_EQUAL((ap_fixed<8, 4>(-2.5).to_int64()), std::int64_t{-2});
    CHECK_EQUAL((ap_fixed<8, 4>(-2.5).to_double()), -2.5);
    CHECK_EQUAL((static_cast<float>(ap_fixed<8, 4>(-2.5))), -2.5f);
    CHECK((static_cast<bool>(ap_fixed<8, 4>(0.0625)) && !ap_fixed<8, 4>(0.01)));
    ap_int<8> i = 7;
    i += ap_fixed<8, 4>(-2.5);
    CHECK_EQUAL(i, 4);

    ap_fixed<8, 4> x;
    x.range() = 0x58;
    CHECK_EQUAL(x, 5.5);
    x.range(3, 0) = 1;
    x(7, 4) = 0xF;
    x[1] = 1;
    CHECK_EQUAL(x, -0.8125);
    CHECK_EQUAL(x.range(), 0xF3);
    CHECK_EQUAL(ap_uint<4>(x(3, 0)), 3);
    CHECK_EQUAL(x.length(), 8);
    CHECK_EQUAL((ap_fixed<8, 6>(x.range(7, 4))), 15);
    std::ostringstream out;
    out << x << ' ' << ap_ufixed<8, 8>(65);
    CHECK_EQUAL(out.str(), "-0.8125 65");
}

int main() {
    modes();
    doubles();
    arithmetic();
    conversions();
    return finish("fixed_golden");
}
