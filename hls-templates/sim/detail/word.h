// How a W-bit integer lies in the machine.
//
//   W <= 64   one native integer, the smallest that holds it, always kept sign- or zero-extended;
//   W >  64   64-bit limbs, least significant first, the top limb kept sign- or zero-extended.
//
// Both forms answer the same questions, so that an algorithm is written once. A value is seen as a two's complement
// number that goes on for ever: limb(i) is right for every i, past the end it repeats the sign.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <type_traits>

namespace ap_sim {

using i64 = std::int64_t;
using u64 = std::uint64_t;
__extension__ typedef unsigned __int128 u128;

/// A mistake in the simulated program (an index outside the word, a division by zero): hardware would go on with
/// nonsense, simulation stops where it happens.
[[noreturn]] __attribute__((cold)) inline void fail(const char* what) {
    std::fprintf(stderr, "hls simulation: %s\n", what);
    std::abort();
}

/// The lowest n bits set, 1 <= n <= 64.
constexpr u64 low_mask(int n) { return ~u64{0} >> (64 - n); }

template <int W, bool S>
using native_t = std::conditional_t<
    (W <= 8), std::conditional_t<S, std::int8_t, std::uint8_t>,
    std::conditional_t<
        (W <= 16), std::conditional_t<S, std::int16_t, std::uint16_t>,
        std::conditional_t<(W <= 32), std::conditional_t<S, std::int32_t, std::uint32_t>,
                           std::conditional_t<S, std::int64_t, std::uint64_t>>>>;

template <int W, bool S, bool Narrow = (W <= 64)>
struct word;

template <int W, bool S>
struct word<W, S, true> {
    /// Unsigned, so that overflow is defined; 32 bits where they do, so that loops vectorise.
    using work = std::conditional_t<(W <= 32), std::uint32_t, std::uint64_t>;
    static constexpr int bits = W;
    static constexpr bool is_signed = S;
    static constexpr int limbs = 1;

    native_t<W, S> V = 0;

    constexpr bool negative() const { return S && static_cast<i64>(V) < 0; }
    constexpr u64 fill() const { return negative() ? ~u64{0} : 0; }
    constexpr u64 limb(int i) const { return i == 0 ? static_cast<u64>(V) : fill(); }
    constexpr void set_limb(int i, u64 value) {
        if (i == 0) V = wrap(static_cast<work>(value), std::integral_constant<bool, S>{});
    }
    constexpr void normalise() {}

    /// Bits lo .. lo+n-1 of the word, 1 <= n <= 64.
    constexpr u64 field(int lo, int n) const { return (limb(0) >> lo) & low_mask(n); }
    constexpr void set_field(int lo, int n, u64 value) {
        const u64 mask = low_mask(n) << lo;
        set_limb(0, (limb(0) & ~mask) | ((value << lo) & mask));
    }

private:
    static constexpr int spare = static_cast<int>(sizeof(work)) * 8 - W;
    static constexpr native_t<W, S> wrap(work value, std::true_type) {
        return static_cast<native_t<W, S>>(
            static_cast<std::make_signed_t<work>>(static_cast<work>(value << spare)) >> spare);
    }
    static constexpr native_t<W, S> wrap(work value, std::false_type) {
        return static_cast<native_t<W, S>>(value & static_cast<work>(~work{0} >> spare));
    }
};

template <int W, bool S>
struct word<W, S, false> {
    using work = u64;
    static constexpr int bits = W;
    static constexpr bool is_signed = S;
    static constexpr int limbs = (W + 63) / 64;

    u64 V[limbs] = {};

    constexpr bool negative() const { return S && (V[limbs - 1] >> 63) != 0; }
    constexpr u64 fill() const { return negative() ? ~u64{0} : 0; }
    constexpr u64 limb(int i) const { return i < limbs ? V[i] : fill(); }
    /// The caller calls normalise() after the last one.
    constexpr void set_limb(int i, u64 value) { V[i] = value; }
    constexpr void normalise() {
        const u64 top = V[limbs - 1] << spare;
        V[limbs - 1] = S ? static_cast<u64>(static_cast<i64>(top) >> spare) : top >> spare;
    }

    /// A field inside one limb, the usual lane of a memory word, is one shift and one mask.
    constexpr u64 field(int lo, int n) const {
        const int at = lo & 63;
        u64 value = V[lo >> 6] >> at;
        if (at + n > 64) value |= V[(lo >> 6) + 1] << (64 - at);
        return value & low_mask(n);
    }
    constexpr void set_field(int lo, int n, u64 value) {
        const int at = lo & 63;
        value &= low_mask(n);
        u64& first = V[lo >> 6];
        first = (first & ~(low_mask(n) << at)) | (value << at);
        if (at + n > 64) {
            u64& second = V[(lo >> 6) + 1];
            second = (second & ~(low_mask(n) >> (64 - at))) | (value >> (64 - at));
        }
        if (spare > 0 && lo + n == W) normalise();
    }

private:
    static constexpr int spare = limbs * 64 - W;
};

/// Any word as a u128: its low 128 bits.
template <class A>
constexpr u128 low128(const A& a) {
    return (static_cast<u128>(a.limb(1)) << 64) | a.limb(0);
}

/// r = the low bits of `from`.
template <class R, class A>
constexpr void assign(R& r, const A& from) {
    for (int i = 0; i < R::limbs; ++i) r.set_limb(i, from.limb(i));
    r.normalise();
}

template <class R>
constexpr void assign128(R& r, u128 value) {
    r.set_limb(0, static_cast<u64>(value));
    if (R::limbs > 1) r.set_limb(1, static_cast<u64>(value >> 64));
    r.normalise();
}

}  // namespace ap_sim
