// Weights of 4 bits: two to a byte, the even one in the low half. They are unpacked a panel at a time and then meet the
// kernels of 8-bit integers. Where groups of weights have multipliers these are taken in while unpacking: the sum of
// multiplier * (sum of a group) is the sum over the weights times their multipliers, exactly.
#ifndef EDGEC_ROWS_I4_H
#define EDGEC_ROWS_I4_H

#include "edgec_rows_i8.h"

enum {
    EDGEC_PANEL_I4 = 16384,  // weights that are unpacked at a time
    EDGEC_CHUNK_I4 = 256,    // and where one row meets one column
};

typedef struct edgec_weights_i4 {
    const uint8_t *values;       // [columns, inner], two to a byte
    const uint8_t *multipliers;  // [columns, groups] of the groups of each column; null for none
    int group;                   // weights of a group
} edgec_weights_i4;

// The weights from a column on, which begins at a whole byte.
EDGEC_INLINE edgec_weights_i4 edgec_columns_i4(edgec_weights_i4 w, int first, int inner) {
    w.values += (ptrdiff_t)first * inner / 2;
    if (w.multipliers)
        w.multipliers += (ptrdiff_t)first * ((inner + w.group - 1) / w.group);
    return w;
}

EDGEC_INLINE int16_t edgec_half_i4(const uint8_t *values, ptrdiff_t index) {
    int bits = values[index / 2] >> (index % 2 * 4) & 15;
    return (int16_t)((bits ^ 8) - 8);
}

// target[i] = values[first + i]
EDGEC_INLINE void edgec_unpack_i4(const uint8_t *restrict values, ptrdiff_t first, int count, int16_t *restrict target) {
    int lead = first % 2 != 0 && count > 0 ? 1 : 0;
    int pairs = (count - lead) / 2;
    if (lead)
        target[0] = edgec_half_i4(values, first);
    const uint8_t *restrict bytes = values + (first + lead) / 2;
    int16_t *restrict rest = target + lead;
    for (int i = 0; i < pairs; i++) {
        rest[2 * i] = (int16_t)(((bytes[i] & 15) ^ 8) - 8);
        rest[2 * i + 1] = (int16_t)((bytes[i] >> 4 ^ 8) - 8);
    }

    if (lead + 2 * pairs < count)
        target[count - 1] = edgec_half_i4(values, first + count - 1);
}

// target[i] = weight k + i of a column of inner weights, times the multiplier of its group: 12 bits at most.
EDGEC_INLINE void edgec_column_i4(
        edgec_weights_i4 w, int column, int inner, int k, int count, int16_t *restrict target) {
    edgec_unpack_i4(w.values, (ptrdiff_t)column * inner + k, count, target);
    if (!w.multipliers)
        return;
    int groups = (inner + w.group - 1) / w.group;
    for (int i = 0; i < count;) {
        int group = (k + i) / w.group, end = (group + 1) * w.group - k;
        int16_t multiplier = w.multipliers[(ptrdiff_t)column * groups + group];
        for (end = end < count ? end : count; i < end; i++)
            target[i] = (int16_t)(target[i] * multiplier);
    }
}

// panel[c, k] = weight k of column first + c, rows padded with zeros to whole vectors.
EDGEC_INLINE void edgec_panel_i4(edgec_weights_i4 w, int first, int columns, int inner, int16_t *restrict panel) {
    int pitch = edgec_padded_i8(inner);
    for (int c = 0; c < columns; c++) {
        int16_t *row = panel + (ptrdiff_t)c * pitch;
        edgec_column_i4(w, first + c, inner, 0, inner, row);
        for (int k = inner; k < pitch; k++)
            row[k] = 0;
    }
}

// Sum of (x[i] - x_zero) * weight k + i of a column of inner weights.
EDGEC_INLINE int32_t edgec_dot_i4(
        const int8_t *restrict x, int32_t x_zero, edgec_weights_i4 w, int column, int inner, int k, int length) {
    int16_t chunk[EDGEC_CHUNK_I4];
    int32_t sum = 0;
    for (int from = 0; from < length; from += EDGEC_CHUNK_I4) {
        int count = length - from < EDGEC_CHUNK_I4 ? length - from : EDGEC_CHUNK_I4;
        edgec_column_i4(w, column, inner, k + from, count, chunk);
        for (int i = 0; i < count; i++)
            sum += (int16_t)(x[from + i] - x_zero) * chunk[i];
    }

    return sum;
}

#endif
