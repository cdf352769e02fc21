// Integer arithmetic of edgec kernels.
// Generated from runtime/Edgec.Runtime/Arithmetic; do not edit.
#ifndef EDGEC_ARITHMETIC_HPP
#define EDGEC_ARITHMETIC_HPP

#include <ap_int.h>

namespace edgec {

// ==== Constructs ====
// What the subset allows and the arithmetic does not use: it is lowered, compiled and compared like it.

// Only unchecked wraps.
inline ap_int<32> constructs_wrap_add(ap_int<32> a, ap_int<32> b) {
#pragma HLS inline
    return ap_int<32>(a + b);
}

inline ap_int<32> constructs_wrap_multiply(ap_int<32> a, ap_int<32> b) {
#pragma HLS inline
    return ap_int<32>(ap_int<32>(a * b) - b);
}

inline ap_int<64> constructs_wrap_wide(ap_int<64> a, ap_int<64> b) {
#pragma HLS inline
    return ap_int<64>(ap_int<64>(a * b) + ap_int<64>(-a));
}

inline ap_uint<32> constructs_wrap_unsigned(ap_uint<32> a, ap_uint<32> b) {
#pragma HLS inline
    return ap_uint<32>(ap_uint<32>(a * b) - b);
}

inline ap_int<32> constructs_wrap_compound(ap_int<32> a, ap_int<32> b) {
#pragma HLS inline
    ap_int<32> sum = a;
    sum += b;
    sum *= 31;

    return sum;
}

inline ap_int<32> constructs_shift_left(ap_int<32> a, ap_int<32> n) {
#pragma HLS inline
    ap_int<32> shifted = a;
    shifted <<= 3;
    return shifted << ap_uint<5>(n);
}

inline ap_int<32> constructs_shift_right(ap_int<32> a, ap_int<32> n) {
#pragma HLS inline
    return (a >> ap_uint<4>(n)) - (a >> 31);
}

inline ap_uint<32> constructs_shift_unsigned(ap_uint<32> a, ap_int<32> n) {
#pragma HLS inline
    return (a >> ap_uint<5>(n)) ^ (a << 5);
}

inline ap_int<32> constructs_bits8(ap_uint<8> a, ap_int<8> b) {
#pragma HLS inline
    return ((a & 15) << 4) | ((~ap_int<32>(b) & 3) ^ a);
}

inline ap_uint<32> constructs_bits32(ap_uint<32> a, ap_uint<32> b) {
#pragma HLS inline
    return (a & b) | ((a ^ b) & ~b);
}

inline ap_int<64> constructs_bits64(ap_int<64> a, ap_int<32> b) {
#pragma HLS inline
    return (a & b) | (a ^ 255);
}

// Truncation toward zero.
inline ap_int<32> constructs_divide(ap_int<32> a) {
#pragma HLS inline
    return a / 7 + a % 1000;
}

inline ap_uint<64> constructs_divide_unsigned(ap_uint<64> a, ap_uint<32> b) {
#pragma HLS inline
    return ap_uint<64>(ap_uint<64>(a + b) / 10) % 100;
}

inline ap_int<8> constructs_narrow(ap_int<32> a) {
#pragma HLS inline
    return ap_int<8>(a >> 3);
}

inline ap_uint<16> constructs_narrow_sum(ap_int<16> a, ap_uint<16> b) {
#pragma HLS inline
    return ap_uint<16>(ap_int<32>(a + b));
}

inline ap_int<64> constructs_mixed(ap_uint<32> a, ap_int<32> b) {
#pragma HLS inline
    return a * b - ap_uint<16>(a & 65535U) * ap_uint<8>(a & 255U);
}

inline ap_uint<64> constructs_unsign(ap_int<32> a, ap_int<64> b) {
#pragma HLS inline
    return ap_uint<64>(ap_uint<64>(a) + ap_uint<64>(b));
}

inline bool constructs_logic(bool a, ap_int<32> b, ap_int<32> c) {
#pragma HLS inline
    return (a && b < c) || (!(b == c) && !a != (c <= 0));
}

inline ap_int<32> constructs_choose(bool a, ap_int<8> b, ap_int<32> c, ap_int<16> d) {
#pragma HLS inline
    return a ? ap_int<32>(b) : c > 0 ? c : ap_int<32>(d);
}

inline ap_int<64> constructs_choose_wide(ap_int<32> a, ap_int<64> b) {
#pragma HLS inline
    return a > b ? ap_int<64>(a) : b;
}

inline ap_uint<8> constructs_choose_narrow(ap_uint<8> a, ap_uint<8> b, bool which) {
#pragma HLS inline
    return which ? a : b;
}

inline ap_int<64> constructs_extremes(ap_int<32> a) {
#pragma HLS inline
    return a == (-2147483647 - 1) ? ap_int<64>((-9223372036854775807LL - 1)) : ap_int<64>(5);
}

inline ap_int<64> constructs_constants(ap_int<32> a) {
#pragma HLS inline
    return a > (-2147483647 - 1) + 7 ? ap_int<64>(-5) : ap_int<64>(5);
}

inline ap_int<64> constructs_large(ap_int<64> a) {
#pragma HLS inline
    return a > 5000000000LL ? ap_int<64>(1) << 40 : ap_int<64>(-1);
}

inline ap_int<32> constructs_branches(ap_int<32> a, ap_int<32> b) {
#pragma HLS inline
    ap_int<32> result = a;

    // The order of the arms matters.
    if (a > b) {
        result = b;
    } else if (a == b) {
        result = 0;
    } else {
        result -= b >> 1;
    }

    return result;
}

inline ap_uint<32> constructs_count_ones(ap_uint<16> a) {
#pragma HLS inline
    ap_uint<32> count = 0;
    for (int i = 0; i < 16; i++) {
        for (int j = 0; j < 2; j++) {
            count += ap_uint<32>((a >> ap_uint<4>(i)) & 1) * ap_uint<32>(j + i - i);
        }
    }

    return count;
}

inline ap_int<64> constructs_loop_products(ap_int<16> a) {
#pragma HLS inline
    ap_int<64> sum = 0;
    for (int i = 1; i < 5; i++) {
        sum += ap_int<32>(ap_int<32>(i) * ap_int<32>(i)) * ap_int<32>(i) * a - ap_int<32>(i) * a;
    }
    return sum;
}

inline ap_int<32> constructs_order(ap_int<32> first, ap_int<32> second) {
#pragma HLS inline
    return first - second;
}

inline ap_int<32> constructs_parameters(ap_int<32> a, ap_int<32> b) {
#pragma HLS inline
    a &= 1023;
    b |= a;
    b ^= 5;
    return constructs_order(b >> 2, a);
}

}  // namespace edgec

#endif
