// The element engine: results one at a time, of operands of any width: comparisons, choices, arithmetic of 16 bits.
//
// The map engine does what is 8 bits wide, 16 results at a time. What is left is small (coordinates of boxes, masks, gates), so a
// single unit takes it element by element.
#pragma once

#include <hls_stream.h>

#include "commands.hpp"
#include "edgec_arithmetic.hpp"
#include "rounding.hpp"
#include "transfer.hpp"
#include "words.hpp"

namespace edgec {

/// The elements of an operand in the order of the results.
struct ElementOperand {
    int index0, index1, index2;
    int row;  // address of the storage row
    word_t word;
};

inline void next_row(ElementOperand& at, const Nest& nest) {
    EDGEC_INLINE
    if (++at.index2 == nest.count2) {
        at.index2 = 0;
        if (++at.index1 == nest.count1) {
            at.index1 = 0;
            ++at.index0;
        }
    }
    at.row = nest.address + at.index0 * nest.stride0 + at.index1 * nest.stride1 + at.index2 * nest.stride2;
}

/// The bits of an element of 1, 2, 4 or 8 bytes, by its shift, as a signed number.
inline long long element_of(const word_t& word, int column, int shift) {
    EDGEC_INLINE
    const int low = (column << (shift + 3)) & (8 * kLanes - 1);
    const ap_uint<64> bits = ap_uint<64>(word >> low);
    switch (shift) {
        case 0:
            return static_cast<std::int8_t>(bits.to_uint());
        case 1:
            return static_cast<std::int16_t>(bits.to_uint());
        case 2:
            return static_cast<std::int32_t>(bits.to_uint());
        default:
            return static_cast<long long>(bits.to_uint64());
    }
}

/// Element `column` of a row; its word is read where one begins. A splat operand has one element a row.
inline long long read_element(const word_t* memory, ElementOperand& at, int column, int shift, int splat) {
    EDGEC_INLINE
    const int from = splat ? 0 : column;
    if (splat ? column == 0 : (from & ((kLanes >> shift) - 1)) == 0) at.word = memory[at.row + (from << shift) / kLanes];
    return element_of(at.word, from, shift);
}

inline bool compared(int function, long long a, long long b) {
    EDGEC_INLINE
    switch (function) {
        case kAnd:
            return a != 0 && b != 0;
        case kEqual:
            return a == b;
        case kGreater:
            return a > b;
        case kGreaterOrEqual:
            return a >= b;
        case kLess:
            return a < b;
        case kLessOrEqual:
            return a <= b;
        case kOr:
            return a != 0 || b != 0;
        default:
            return (a != 0) != (b != 0);
    }
}

inline int element_scaled(const ElementCommand& c, int value) {
    EDGEC_INLINE
    return rescaled(value, static_cast<int>(c.factor_a), c.addend, c.shift, c.zero, c.lo, c.hi);
}

inline int element_sum(const ElementCommand& c, int a, int b) {
    EDGEC_INLINE
    const int by_a = static_cast<int>(c.factor_a), by_b = static_cast<int>(c.factor_b);
    return rescaled_sum(a, c.zero_a, by_a, b, c.zero_b, by_b, c.shift, c.zero, c.lo, c.hi);
}

inline long long element_result(const ElementCommand& c, bool condition, long long a, long long b) {
    EDGEC_INLINE
    const int p = static_cast<int>(a), q = static_cast<int>(b);
    switch (c.step) {
        case kElementCompare:
            return compared(c.function, (a - c.zero_a) * c.factor_a, (b - c.zero_b) * c.factor_b) ? 1 : 0;
        case kElementChoose:
            return condition ? a : b;
        case kElementAdd:
            return element_sum(c, p, q);
        case kElementMultiply:
            return element_scaled(c, (p - c.zero_a) * (q - c.zero_b));
        case kElementRescale:
            return element_scaled(c, p - c.zero_a);
        case kElementMaximum:
            return clamp(p > q ? p : q, c.lo, c.hi).to_int();
        default:
            return clamp(p < q ? p : q, c.lo, c.hi).to_int();
    }
}

inline void map_elements(const ElementCommand c, const word_t* input, const word_t* weights_port, hls::stream<word_t>& out) {
    EDGEC_INLINE_OFF
    ElementOperand left = {0, 0, 0, c.left.address, 0};
    ElementOperand right = {0, 0, 0, c.right.address, 0};
    ElementOperand chosen = {0, 0, 0, c.condition.address, 0};
    word_t y = 0;
    int column = 0;
    const int lanes = kLanes >> c.out_shift;  // results of a word
    const int elements = c.rows * c.extent;
map_each_element:
    for (int i = 0; i < elements; ++i) {
        EDGEC_PIPELINE(2)
        EDGEC_TRIPS(EDGEC_MOST_WORDS)
        const bool condition =
            c.step == kElementChoose && read_element(input, chosen, column, 0, c.splat_condition) != 0;
        const long long a = read_element(input, left, column, c.left_shift, c.splat_left);
        const long long b = c.step == kElementRescale ? 0 : read_element(weights_port, right, column, c.right_shift, c.splat_right);
        const ap_uint<64> result = static_cast<unsigned long long>(element_result(c, condition, a, b));
        const int to = (column & (lanes - 1)) << c.out_shift;
    result_lanes:
        for (int l = 0; l < kLanes; ++l) {
            EDGEC_UNROLL
            const int k = l - to;
            if (k >= 0 && k < (1 << c.out_shift)) set_lane(y, l, static_cast<int>((result >> (8 * k)).to_uint() & 255U));
        }
        ++column;
        if ((column & (lanes - 1)) == 0 || column == c.extent) out.write(y);
        if (column == c.extent) {
            column = 0;
            next_row(left, c.left);
            next_row(right, c.right);
            next_row(chosen, c.condition);
        }
    }
}

inline void run_elements(const ElementCommand& c, const word_t* input, const word_t* weights_port, word_t* output) {
    EDGEC_INLINE_OFF
    EDGEC_DATAFLOW
    hls::stream<word_t> results("results");
    EDGEC_STREAM(results, 64)
    map_elements(c, input, weights_port, results);
    write_words(results, output, c.target);
}

}  // namespace edgec
