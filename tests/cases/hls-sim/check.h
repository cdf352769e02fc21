// What the test programs share: checks that print what differs, seeded random bits, and a slow, obvious model of
// arbitrarily long integers to compare with.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <type_traits>

static int failures = 0;

#define CHECK(condition) \
    do { \
        if (!(condition)) report(__FILE__, __LINE__, #condition, "false", "true"); \
    } while (false)
#define CHECK_EQUAL(actual, expected) check_equal(__FILE__, __LINE__, #actual, (actual), (expected))

inline void report(const char* file, int line, const char* what, const std::string& is, const std::string& should) {
    if (++failures <= 20)
        std::printf("%s:%d: %s is %s, should be %s\n", file, line, what, is.c_str(), should.c_str());
}

inline std::string show(const std::string& x) { return x; }
inline std::string show(const char* x) { return x; }
inline std::string show(bool x) { return x ? "true" : "false"; }
template <class T, std::enable_if_t<std::is_arithmetic<T>::value, int> = 0>
std::string show(T x) {
    return std::to_string(x);
}
/// An integer's bits, the highest first.
template <class T>
auto show(const T& x) -> decltype(x.test(0), std::string()) {
    std::string text = T::sign_flag ? "signed " : "unsigned ";
    for (int i = T::width - 1; i >= 0; --i) text += x.test(i) ? '1' : '0';
    return text;
}
template <class T>
auto show(const T& x) -> decltype(T::qmode, std::string()) {
    return std::to_string(x.to_double());
}

template <class A, class B>
__attribute__((noinline)) void check_equal(const char* file, int line, const char* what, const A& actual,
                                           const B& expected) {
    if (!(actual == expected)) report(file, line, what, show(actual), show(expected));
}

inline int finish(const char* name) {
    if (failures == 0) std::printf("%s: passed\n", name);
    else std::printf("%s: %d checks failed\n", name, failures);
    return failures == 0 ? 0 : 1;
}

/// splitmix64.
inline std::uint64_t random64() {
    static std::uint64_t state = 20240229;
    std::uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}
inline int random_below(int n) { return static_cast<int>(random64() % static_cast<std::uint64_t>(n)); }

/// An integer as `size` bits of two's complement, lowest first; every operation goes bit by bit.
struct model {
    static constexpr int size = 300;
    std::uint8_t bit[size] = {};

    model() = default;
    explicit model(std::int64_t value) {
        for (int i = 0; i < size; ++i) bit[i] = (value >> (i < 63 ? i : 63)) & 1;
    }
    bool negative() const { return bit[size - 1] != 0; }
    /// How many bits a non-negative number has.
    int length() const {
        int n = size;
        while (n > 0 && bit[n - 1] == 0) --n;
        return n;
    }
    model magnitude() const { return negative() ? model() - *this : *this; }

    /// The low w bits, sign- or zero-extended.
    model wrapped(int w, bool is_signed) const {
        model r = *this;
        for (int i = w; i < size; ++i) r.bit[i] = is_signed ? bit[w - 1] : 0;
        return r;
    }
    /// Times two to the n, rounded down.
    model shifted(int n) const {
        model r;
        for (int i = 0; i < size; ++i) r.bit[i] = i - n < 0 ? 0 : bit[i - n < size ? i - n : size - 1];
        return r;
    }
    friend bool operator==(const model& a, const model& b) { return std::memcmp(a.bit, b.bit, size) == 0; }
    friend bool operator<(const model& a, const model& b) { return (a - b).negative(); }
    friend model operator~(const model& a) {
        model r;
        for (int i = 0; i < size; ++i) r.bit[i] = a.bit[i] ^ 1;
        return r;
    }
    friend model operator+(const model& a, const model& b) {
        model r;
        int carry = 0;
        for (int i = 0; i < size; ++i) {
            carry += a.bit[i] + b.bit[i];
            r.bit[i] = carry & 1;
            carry >>= 1;
        }
        return r;
    }
    friend model operator-(const model& a, const model& b) { return a + (~b + model(1)); }
    friend model operator*(const model& a, const model& b) {
        if (b.negative()) return model() - a * b.magnitude();
        model r;
        for (int i = 0; i < b.length(); ++i)
            if (b.bit[i] != 0) r = r + a.shifted(i);
        return r;
    }
    /// Toward zero.
    friend model operator/(const model& a, const model& b) {
        const model divisor = b.magnitude();
        model rest = a.magnitude(), q;
        for (int i = rest.length() - divisor.length(); i >= 0; --i) {
            if (rest < divisor.shifted(i)) continue;
            rest = rest - divisor.shifted(i);
            q.bit[i] = 1;
        }
        return a.negative() != b.negative() ? model() - q : q;
    }
};

inline std::string show(const model& x) {
    std::string text;
    for (int i = model::size - 1; i >= 0; --i) text += x.bit[i] != 0 ? '1' : '0';
    return text;
}

/// Reads an ap_int bit by bit.
template <class Int>
model to_model(const Int& x) {
    model r;
    for (int i = 0; i < Int::width; ++i) r.bit[i] = x.test(i);
    for (int i = Int::width; i < model::size; ++i) r.bit[i] = Int::sign_flag && x.test(Int::width - 1);
    return r;
}

/// A random integer; often an end of its range, or close to one.
template <class Int>
Int random_int() {
    Int r = 0;
    const int kind = random_below(8);
    for (int i = 0; i < Int::width; ++i) r.set_bit(i, kind < 4 ? kind % 2 != 0 : random64() % 2 != 0);
    if (kind == 2 || kind == 3) r.set_bit(Int::width - 1, kind == 2);  // the smallest, the largest
    if (kind == 4)
        for (int i = random_below(Int::width); i < Int::width; ++i) r.set_bit(i, false);  // a small one
    return r;
}
