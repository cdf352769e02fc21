// What happens to an accumulator once its sum is complete: the only place where a kernel rounds.
#ifndef EDGEC_FINISH_H
#define EDGEC_FINISH_H

#include <stdbool.h>
#include <stddef.h>

#include "edgec_arithmetic.h"
#include "edgec_platform.h"

// The function that rounds. A kernel is inlined where the profile is constant, so that its loops hold one of them.
typedef enum edgec_profile {
    EDGEC_REQUANTIZE,  // edgec_requantize: half up, or down, as the addends say
    EDGEC_HALF_EVEN,   // edgec_rounding_half_even
    EDGEC_TWICE,       // edgec_rounding_twice
} edgec_profile;

// Parameters of that function for each index (an output channel, or the number of pooled elements), or for all.
typedef struct edgec_requantizer {
    const int32_t *multipliers;
    const uint8_t *shifts;
    const int64_t *addends;
    int step;  // from one index to the next: 1, or 0 where one set of parameters serves all
    int32_t lo;
    int32_t hi;
    edgec_profile profile;
    int32_t zero;  // what is added after rounding; edgec_requantize has it in its addends
    bool fits_word;  // edgec_requantize: any sum, multiplied and shifted, has 32 bits before it is clamped
    // Or, where there are any, thresholds: start + step * (how many of them the sum has reached).
    const int32_t *thresholds;  // `levels` for each index, ascending
    const int8_t *starts;
    const int8_t *steps;
    int levels;
} edgec_requantizer;

// Halves the row of thresholds until it is clear how many are reached.
EDGEC_INLINE int8_t edgec_climb(edgec_requantizer f, int32_t acc, int i) {
    const int32_t *thresholds = f.thresholds + (ptrdiff_t)i * f.levels;
    int reached = 0, end = f.levels;
    while (reached < end) {
        int middle = (reached + end) / 2;
        if (acc >= thresholds[middle])
            reached = middle + 1;
        else
            end = middle;
    }
    return (int8_t)(f.starts[i] + f.steps[i] * reached);
}

// With a number added to the product of the sum and its multiplier; nothing is added to thresholds.
EDGEC_INLINE int8_t edgec_finish_added(edgec_requantizer f, int32_t acc, int index, int64_t added) {
    int i = index * f.step;
    int64_t addend = f.levels > 0 ? 0 : f.addends[i] + added;
    if (f.levels > 0) return edgec_climb(f, acc, i);
    switch (f.profile) {
        case EDGEC_HALF_EVEN:
            return (int8_t)edgec_rounding_half_even(acc, f.multipliers[i], addend, f.shifts[i], f.zero, f.lo, f.hi);
        case EDGEC_TWICE:
            return (int8_t)edgec_rounding_twice(acc, f.multipliers[i], addend, f.shifts[i], f.zero, f.lo, f.hi);
        case EDGEC_REQUANTIZE:
        default:
            return (int8_t)edgec_requantize(acc, f.multipliers[i], addend, f.shifts[i], f.lo, f.hi);
    }
}

EDGEC_INLINE int8_t edgec_finish(edgec_requantizer f, int32_t acc, int index) {
    return edgec_finish_added(f, acc, index, 0);
}

// The same parameters counted from another index.
EDGEC_INLINE edgec_requantizer edgec_finish_from(edgec_requantizer f, int first) {
    if (f.levels > 0) {
        f.thresholds += (ptrdiff_t)first * f.step * f.levels;
        f.starts += first * f.step;
        f.steps += first * f.step;
        return f;
    }
    f.multipliers += first * f.step;
    f.shifts += first * f.step;
    f.addends += first * f.step;
    return f;
}

#endif
