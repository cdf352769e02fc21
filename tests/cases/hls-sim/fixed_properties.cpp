// Conversions and operators of ap_fixed on random values against exact 128-bit rational arithmetic.
#include "ap_fixed.h"
#include "check.h"

__extension__ typedef __int128 i128;

static i128 power(int n) { return static_cast<i128>(1) << n; }
static i128 floor_quotient(i128 a, i128 b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

/// The raw bits as a number.
template <class Fixed>
i128 raw(const Fixed& x) {
    i128 r = 0;
    for (int i = Fixed::width - 1; i >= 0; --i) r = 2 * r + x[i];
    return Fixed::sign_flag && x[Fixed::width - 1] ? r - power(Fixed::width) : r;
}

/// value / 2^d to an integer.
static i128 quantized(i128 value, int d, ap_q_mode mode) {
    if (d <= 0) return value * power(-d);
    const i128 down = floor_quotient(value, power(d));
    const i128 rest = value - down * power(d);
    if (rest == 0 || mode == AP_TRN) return down;
    const i128 toward_zero = value < 0 ? down + 1 : down, away = value < 0 ? down : down + 1;
    if (mode == AP_TRN_ZERO) return toward_zero;
    if (rest * 2 != power(d)) return rest * 2 < power(d) ? down : down + 1;
    switch (mode) {
        case AP_RND: return down + 1;
        case AP_RND_MIN_INF: return down;
        case AP_RND_ZERO: return toward_zero;
        case AP_RND_INF: return away;
        default: return down % 2 == 0 ? down : down + 1;  // AP_RND_CONV
    }
}

static i128 wrapped(i128 value, int w, bool is_signed) {
    const i128 low = value - floor_quotient(value, power(w)) * power(w);
    return is_signed && low >= power(w - 1) ? low - power(w) : low;
}

/// value to w bits.
static i128 fitted(i128 value, int w, bool is_signed, ap_o_mode mode, int n) {
    const i128 max = power(is_signed ? w - 1 : w) - 1;
    const i128 min = is_signed ? -max - 1 : 0, symmetric = is_signed ? -max : 0;
    if (mode == AP_SAT_SYM) return value > max ? max : value < symmetric ? symmetric : value;
    if (value >= min && value <= max) return value;
    const i128 kept = wrapped(value, w, is_signed);
    if (mode == AP_SAT) return value > max ? max : min;
    if (mode == AP_SAT_ZERO) return 0;
    if (mode == AP_WRAP && n == 0) return kept;
    if (mode == AP_WRAP) {
        // The end of the range with its low w - n bits taken from the value (n = 1 on a signed type keeps the sign).
        const i128 end = value > max ? max : min, rest = power(w - n);
        return floor_quotient(end, rest) * rest + wrapped(value, w - n, false);
    }
    // AP_WRAP_SM: the sign is the bit after the top one; when it changes the top bit, the others are inverted.
    const bool sign = wrapped(floor_quotient(value, power(w)), 1, false) != 0;
    const i128 rest = wrapped(value, w - 1, false);
    return (sign ? -power(w - 1) : 0) + (sign == (kept < 0) ? rest : power(w - 1) - 1 - rest);
}

/// x as a To, and x's double as a To (when a double can hold x).
template <class To, class From>
void check_conversion(const From& x, int n) {
    const i128 value = quantized(raw(x), From::fraction - To::fraction, To::qmode);
    const i128 expected = fitted(value, To::width, To::sign_flag, To::omode, n);
    const To direct = x, by_double = x.to_double();
    if (raw(direct) == expected && (From::width > 53 || raw(by_double) == expected)) return;
    const std::string modes =
        "Q " + std::to_string(To::qmode) + ", O " + std::to_string(To::omode) + ", N " + std::to_string(n);
    report(modes.c_str(), To::width, show(x).c_str(), show(direct) + ", by way of a double " + show(by_double),
           show(std::ldexp(static_cast<double>(expected), -To::fraction)));
}

template <class From, int W, int I, bool S>
void check_modes() {
    for (int i = 0; i < 120; ++i) {
        From x;
        x.V = random_int<typename From::raw_type>();
        check_conversion<ap_fixed_base<W, I, S, AP_TRN, AP_WRAP, 0>>(x, 0);
        check_conversion<ap_fixed_base<W, I, S, AP_TRN_ZERO, AP_WRAP, 0>>(x, 0);
        check_conversion<ap_fixed_base<W, I, S, AP_RND, AP_WRAP, 0>>(x, 0);
        check_conversion<ap_fixed_base<W, I, S, AP_RND_ZERO, AP_WRAP, 0>>(x, 0);
        check_conversion<ap_fixed_base<W, I, S, AP_RND_MIN_INF, AP_WRAP, 0>>(x, 0);
        check_conversion<ap_fixed_base<W, I, S, AP_RND_INF, AP_WRAP, 0>>(x, 0);
        check_conversion<ap_fixed_base<W, I, S, AP_RND_CONV, AP_SAT, 0>>(x, 0);
        check_conversion<ap_fixed_base<W, I, S, AP_RND, AP_SAT_ZERO, 0>>(x, 0);
        check_conversion<ap_fixed_base<W, I, S, AP_RND_CONV, AP_SAT_SYM, 0>>(x, 0);
        check_conversion<ap_fixed_base<W, I, S, AP_RND, AP_WRAP, 1>>(x, 1);
        check_conversion<ap_fixed_base<W, I, S, AP_TRN, AP_WRAP, 3>>(x, 3);
        check_conversion<ap_fixed_base<W, I, true, AP_RND, AP_WRAP_SM, 0>>(x, 0);

        // To an integer: toward zero.
        const i128 whole = quantized(raw(x), From::fraction, AP_TRN_ZERO);
        CHECK(raw(ap_fixed_base<W, W, S, AP_TRN, AP_WRAP, 0>(ap_int_base<W, S>(x))) == wrapped(whole, W, S));
        if (From::iwidth < 60) CHECK_EQUAL(x.to_int64(), static_cast<std::int64_t>(whole));
    }
}

template <class A, class B>
void check_operators() {
    for (int i = 0; i < 120; ++i) {
        A a;
        B b;
        a.V = random_int<typename A::raw_type>();
        b.V = random_int<typename B::raw_type>();
        constexpr int fine = A::fraction > B::fraction ? A::fraction : B::fraction;
        const i128 x = raw(a) * power(fine - A::fraction), y = raw(b) * power(fine - B::fraction);
        CHECK(raw(a + b) == x + y);
        CHECK(raw(a - b) == x - y);
        CHECK(raw(a * b) == raw(a) * raw(b));
        CHECK(raw(-a) == -raw(a));
        CHECK(raw(a & b) == (x & y));
        CHECK(raw(a | b) == (x | y));
        CHECK(raw(a ^ b) == (x ^ y));
        if (y != 0) CHECK(raw(a / b) == raw(a) * power(B::fraction > 0 ? B::fraction : 0) / raw(b));
        CHECK((a < b) == (x < y));
        CHECK((a <= b) == (x <= y));
        CHECK((a > b) == (x > y));
        CHECK((a >= b) == (x >= y));
        CHECK((a == b) == (x == y));
        CHECK((a != b) == (x != y));
        const int n = random_below(A::width);
        CHECK(raw(a >> n) == floor_quotient(raw(a), power(n)));
        CHECK(raw(a << n) == wrapped(raw(a) * power(n), A::width, A::sign_flag));
        A t = a;
        t += b;
        CHECK(raw(t) == fitted(quantized(x + y, fine - A::fraction, A::qmode), A::width, A::sign_flag, A::omode, 0));
    }
}

int main() {
    check_modes<ap_fixed<12, 6>, 8, 4, true>();
    check_modes<ap_ufixed<12, 6>, 7, 5, true>();
    check_modes<ap_fixed<20, 4>, 6, -1, true>();
    check_modes<ap_fixed<16, 16>, 5, 8, false>();
    check_modes<ap_fixed<64, 32>, 33, 17, true>();
    check_modes<ap_ufixed<64, 2>, 63, 3, false>();
    check_modes<ap_fixed<90, 40>, 65, 33, true>();
    check_modes<ap_fixed<6, -9>, 8, 2, true>();  // only the sign is left, or a rounding

    check_operators<ap_fixed<8, 3>, ap_fixed<10, 5>>();
    check_operators<ap_ufixed<8, 3>, ap_fixed<9, 9, AP_RND, AP_SAT>>();
    check_operators<ap_fixed<8, 3, AP_RND, AP_SAT>, ap_ufixed<12, 2>>();
    check_operators<ap_ufixed<16, 0>, ap_ufixed<7, -2>>();
    check_operators<ap_fixed<32, 16, AP_RND_CONV, AP_SAT_SYM>, ap_fixed<32, 10>>();
    check_operators<ap_fixed<60, 30>, ap_fixed<40, 3>>();
    check_operators<ap_fixed<10, 14>, ap_fixed<8, 12>>();
    return finish("fixed_properties");
}
