// hls::vector<T, N>: N elements that travel as one word. Operators work element by element; a scalar stands for N equal
// elements. The alignment is the power of two that holds all of them, as the vendor lays it out in memory.
#pragma once

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <type_traits>

namespace hls {

namespace vector_detail {

constexpr std::size_t power_of_two_above(std::size_t size) {
    std::size_t power = 1;
    while (power < size) power *= 2;
    return power;
}

[[noreturn]] __attribute__((cold)) inline void fail(const char* what) {
    std::fprintf(stderr, "hls simulation: %s\n", what);
    std::abort();
}

}  // namespace vector_detail

template <class T, std::size_t N>
class alignas(vector_detail::power_of_two_above(sizeof(T) * N)) vector {
    static_assert(N > 0, "a vector has at least one element");

public:
    using value_type = T;
    using iterator = T*;
    using const_iterator = const T*;
    static constexpr std::size_t width = N;

    constexpr vector() = default;
    template <class U, std::enable_if_t<std::is_convertible<U, T>::value, int> = 0>
    constexpr vector(const U& every) {
        for (T& x : data_) x = static_cast<T>(every);
    }
    constexpr vector(std::initializer_list<T> list) {
        if (list.size() != N) vector_detail::fail("an initialiser of another length than its vector");
        std::size_t i = 0;
        for (const T& x : list) data_[i++] = x;
    }

    constexpr T& operator[](std::size_t i) { return data_[checked(i)]; }
    constexpr const T& operator[](std::size_t i) const { return data_[checked(i)]; }
    constexpr iterator begin() { return data_; }
    constexpr iterator end() { return data_ + N; }
    constexpr const_iterator begin() const { return data_; }
    constexpr const_iterator end() const { return data_ + N; }
    static constexpr std::size_t size() { return N; }

// Each result is an element again: the exact result of two elements, converted to T.
#define HLS_VECTOR_ARITHMETIC(op)                                                              \
    constexpr vector& operator op##=(const vector& b) {                                        \
        for (std::size_t i = 0; i < N; ++i) data_[i] = static_cast<T>(data_[i] op b.data_[i]); \
        return *this;                                                                          \
    }                                                                                          \
    friend constexpr vector operator op(vector a, const vector& b) { return a op## = b; }
    HLS_VECTOR_ARITHMETIC(+)
    HLS_VECTOR_ARITHMETIC(-)
    HLS_VECTOR_ARITHMETIC(*)
    HLS_VECTOR_ARITHMETIC(/)
    HLS_VECTOR_ARITHMETIC(%)
    HLS_VECTOR_ARITHMETIC(&)
    HLS_VECTOR_ARITHMETIC(|)
    HLS_VECTOR_ARITHMETIC(^)
    HLS_VECTOR_ARITHMETIC(<<)
    HLS_VECTOR_ARITHMETIC(>>)
#undef HLS_VECTOR_ARITHMETIC

#define HLS_VECTOR_COMPARISON(op)                                                   \
    friend constexpr vector<bool, N> operator op(const vector& a, const vector& b) { \
        vector<bool, N> r;                                                          \
        for (std::size_t i = 0; i < N; ++i) r[i] = a.data_[i] op b.data_[i];        \
        return r;                                                                   \
    }
    HLS_VECTOR_COMPARISON(==)
    HLS_VECTOR_COMPARISON(!=)
    HLS_VECTOR_COMPARISON(<)
    HLS_VECTOR_COMPARISON(<=)
    HLS_VECTOR_COMPARISON(>)
    HLS_VECTOR_COMPARISON(>=)
#undef HLS_VECTOR_COMPARISON

    constexpr vector operator-() const {
        vector r;
        for (std::size_t i = 0; i < N; ++i) r.data_[i] = static_cast<T>(-data_[i]);
        return r;
    }
    constexpr vector operator~() const {
        vector r;
        for (std::size_t i = 0; i < N; ++i) r.data_[i] = static_cast<T>(~data_[i]);
        return r;
    }
    constexpr vector<bool, N> operator!() const {
        vector<bool, N> r;
        for (std::size_t i = 0; i < N; ++i) r[i] = !data_[i];
        return r;
    }

    // From the first element to the last; every step is converted to T.
    T reduce_add() const { return reduce([](const T& a, const T& b) { return a + b; }); }
    T reduce_mult() const { return reduce([](const T& a, const T& b) { return a * b; }); }
    T reduce_mul() const { return reduce_mult(); }
    T reduce_and() const { return reduce([](const T& a, const T& b) { return a & b; }); }
    T reduce_or() const { return reduce([](const T& a, const T& b) { return a | b; }); }
    T reduce_xor() const { return reduce([](const T& a, const T& b) { return a ^ b; }); }
    T reduce_max() const { return reduce([](const T& a, const T& b) { return a < b ? b : a; }); }
    T reduce_min() const { return reduce([](const T& a, const T& b) { return b < a ? b : a; }); }

private:
    static constexpr std::size_t checked(std::size_t i) {
        if (i >= N) vector_detail::fail("vector index out of range");
        return i;
    }
    template <class Op>
    T reduce(Op op) const {
        T r = data_[0];
        for (std::size_t i = 1; i < N; ++i) r = static_cast<T>(op(r, data_[i]));
        return r;
    }

    T data_[N] = {};
};

template <class T, std::size_t N>
constexpr std::size_t vector<T, N>::width;

}  // namespace hls
