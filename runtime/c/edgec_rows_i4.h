// Weights of 4 bits: two to a byte, the even one in the low half. They are unpacked a panel at a time and then meet the
// kernels of 8-bit integers.
#ifndef EDGEC_ROWS_I4_H
#define EDGEC_ROWS_I4_H

#include "edgec_rows_i8.h"

enum {
    EDGEC_PANEL_I4 = 16384,  // weights that are unpacked at a time
    EDGEC_CHUNK_I4 = 256,    // and where one row meets one column
};

EDGEC_INLINE int16_t edgec_weight_i4(const uint8_t *w, ptrdiff_t index) {
    int bits = w[index / 2] >> (index % 2 * 4) & 15;
    return (int16_t)((bits ^ 8) - 8);
}

// values[i] = w[first + i]
EDGEC_INLINE void edgec_unpack_i4(const uint8_t *restrict w, ptrdiff_t first, int count, int16_t *restrict values) {
    int lead = first % 2 != 0 && count > 0 ? 1 : 0;
    int pairs = (count - lead) / 2;
    if (lead)
        values[0] = edgec_weight_i4(w, first);
    const uint8_t *restrict bytes = w + (first + lead) / 2;
    int16_t *restrict target = values + lead;
    for (int i = 0; i < pairs; i++) {
        target[2 * i] = (int16_t)(((bytes[i] & 15) ^ 8) - 8);
        target[2 * i + 1] = (int16_t)((bytes[i] >> 4 ^ 8) - 8);
    }

    if (lead + 2 * pairs < count)
        values[count - 1] = edgec_weight_i4(w, first + count - 1);
}

// panel[c, k] = w[first + c, k], rows padded with zeros to whole vectors.
EDGEC_INLINE void edgec_panel_i4(
        const uint8_t *restrict w, int first, int columns, int inner, int16_t *restrict panel) {
    int pitch = edgec_padded_i8(inner);
    for (int c = 0; c < columns; c++) {
        int16_t *row = panel + (ptrdiff_t)c * pitch;
        edgec_unpack_i4(w, (ptrdiff_t)(first + c) * inner, inner, row);
        for (int k = inner; k < pitch; k++)
            row[k] = 0;
    }
}

// Sum of (x[i] - x_zero) * w[first + i].
EDGEC_INLINE int32_t edgec_dot_i4(
        const int8_t *restrict x, int32_t x_zero, const uint8_t *restrict w, ptrdiff_t first, int length) {
    int16_t chunk[EDGEC_CHUNK_I4];
    int32_t sum = 0;
    for (int from = 0; from < length; from += EDGEC_CHUNK_I4) {
        int count = length - from < EDGEC_CHUNK_I4 ? length - from : EDGEC_CHUNK_I4;
        edgec_unpack_i4(w, first + from, count, chunk);
        for (int i = 0; i < count; i++)
            sum += (int16_t)(x[from + i] - x_zero) * chunk[i];
    }

    return sum;
}

#endif
