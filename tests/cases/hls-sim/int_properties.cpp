// Every operator on random integers of many widths against the bit-by-bit model.
#include "ap_int.h"
#include "check.h"

static model x, y;  // the operands of the checks below, as the model has them

template <class Int>
__attribute__((noinline)) void check_model(int line, const char* what, const Int& actual, const model& expected) {
    if (to_model(actual) == expected) return;
    const std::string where = std::string(what) + " with a = " + show(x) + ", b = " + show(y);
    report(__FILE__, line, where.c_str(), show(actual), show(expected));
}
#define CHECK_MODEL(actual, expected) check_model(__LINE__, #actual, actual, expected)

template <class A, class B>
void check_pair(const A& a, const B& b) {
    x = to_model(a);
    y = to_model(b);
    // As exact as the widths promise: nothing is lost, so the model needs no wrapping.
    CHECK_MODEL(a + b, x + y);
    CHECK_MODEL(a - b, x - y);
    CHECK_MODEL(a * b, x * y);
    if (!b.iszero()) {
        const model q = x / y;
        CHECK_MODEL(a / b, q);
        CHECK_MODEL(a % b, x - q * y);
    }
    model all = x, any = x, odd = x;
    for (int i = 0; i < model::size; ++i) {
        all.bit[i] &= y.bit[i];
        any.bit[i] |= y.bit[i];
        odd.bit[i] ^= y.bit[i];
    }
    CHECK_MODEL(a & b, all);
    CHECK_MODEL(a | b, any);
    CHECK_MODEL(a ^ b, odd);
    CHECK_MODEL(-a, model() - x);
    CHECK_MODEL(~a, (~x).wrapped(A::width, A::sign_flag));
    CHECK_EQUAL(a == b, x == y);
    CHECK_EQUAL(a != b, !(x == y));
    CHECK_EQUAL(a < b, x < y);
    CHECK_EQUAL(a > b, y < x);
    CHECK_EQUAL(a <= b, !(y < x));
    CHECK_EQUAL(a >= b, !(x < y));

    CHECK_MODEL(A(b), y.wrapped(A::width, A::sign_flag));
    A t = a;
    t += b;
    CHECK_MODEL(t, (x + y).wrapped(A::width, A::sign_flag));
    t = a;
    t -= b;
    CHECK_MODEL(t, (x - y).wrapped(A::width, A::sign_flag));
    t = a;
    t *= b;
    CHECK_MODEL(t, (x * y).wrapped(A::width, A::sign_flag));
    t = a;
    t *= t;
    CHECK_MODEL(t, (x * x).wrapped(A::width, A::sign_flag));
    t = a;
    t ^= b;
    CHECK_MODEL(t, odd.wrapped(A::width, A::sign_flag));

    const int n = random_below(A::width + 3);
    CHECK_MODEL(a << n, x.shifted(n).wrapped(A::width, A::sign_flag));
    CHECK_MODEL(a >> n, x.shifted(-n));
    CHECK_MODEL(a << -n, x.shifted(-n));
    CHECK_MODEL(a >> ap_int<12>(-n), x.shifted(n).wrapped(A::width, A::sign_flag));

    CHECK_EQUAL(A(a.to_string(10).c_str(), 10), a);
    CHECK_EQUAL(A(a.to_string(16).c_str(), 16), a);
    CHECK_EQUAL(A(a.to_string(2, true).c_str(), 2), a);
}

template <int W1, bool S1, int W2, bool S2>
void check_types() {
    using A = ap_int_base<W1, S1>;
    using B = ap_int_base<W2, S2>;
    if (W1 + W2 <= 7) {
        for (int i = 0; i < 1 << W1; ++i)
            for (int j = 0; j < 1 << W2; ++j) check_pair(A(i), B(j));
    } else {
        for (int i = 0; i < 12; ++i) check_pair(random_int<A>(), random_int<B>());
    }
}

template <int W1, int W2>
void check_widths() {
    check_types<W1, true, W2, true>();
    check_types<W1, true, W2, false>();
    check_types<W1, false, W2, true>();
    check_types<W1, false, W2, false>();
}

/// Native integers against ours of the same width.
template <class T>
void check_native(T value) {
    const ap_int<40> a = random_int<ap_int<40>>();
    const typename ap_sim::native_traits<T>::type b = value;
    CHECK_EQUAL(a + value, a + b);
    CHECK_EQUAL(value - a, b - a);
    CHECK_EQUAL(a * value, a * b);
    CHECK_EQUAL(value < a, b < a);
    CHECK_EQUAL(value == a, b == a);
    CHECK_EQUAL(a & value, a & b);
    if (!a.iszero()) CHECK_EQUAL(value / a, b / a);
    CHECK(static_cast<T>(b) == value);
}

int main() {
    check_widths<1, 1>();
    check_widths<3, 4>();
    check_widths<8, 8>();
    check_widths<33, 7>();
    check_widths<64, 64>();
    check_widths<65, 63>();
    check_widths<8, 128>();
    check_widths<150, 140>();
    for (int i = 0; i < 50; ++i) {
        const std::uint64_t bits = random64();
        check_native(static_cast<signed char>(bits));
        check_native(static_cast<unsigned char>(bits));
        check_native(static_cast<char>(bits));
        check_native(static_cast<short>(bits));
        check_native(static_cast<unsigned short>(bits));
        check_native(static_cast<int>(bits));
        check_native(static_cast<unsigned>(bits));
        check_native(static_cast<long>(bits));
        check_native(static_cast<unsigned long>(bits));
        check_native(static_cast<long long>(bits));
        check_native(static_cast<unsigned long long>(bits));
        check_native(bits % 2 != 0);
    }
    return finish("int_properties");
}
