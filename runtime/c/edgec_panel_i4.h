// Rows of centered 8-bit integers times panels of weights of 4 bits, a pair to a byte: [inner / 2][columns], see
// edgec_panel.h. A strip of a panel is unpacked to 16 bits and then meets a block of rows; multipliers of groups are taken in
// while unpacking (edgec_rows_i4.h).
#ifndef EDGEC_PANEL_I4_H
#define EDGEC_PANEL_I4_H

#include "edgec_panel_i8.h"
#include "edgec_rows_i4.h"

enum { EDGEC_STRIP_I4 = 512 };  // pairs of a strip's columns

EDGEC_DEFINE_PANEL(i16, int16_t, true)

// The panels from a column on, of which `elements` come before it.
EDGEC_INLINE edgec_weights_i4 edgec_panels_from_i4(edgec_weights_i4 w, ptrdiff_t elements, int first, int inner) {
    w.values += elements / 2;
    if (w.multipliers)
        w.multipliers += (ptrdiff_t)first * ((inner + w.group - 1) / w.group);
    return w;
}

// strip[k][c] *= multipliers of pair from + k in column first + c, of `count`.
EDGEC_INLINE void edgec_multiply_strip_i4(
        edgec_weights_i4 w, int first, int count, int width, int inner, int from, int pairs, int16_t *restrict strip) {
    int groups = (inner + w.group - 1) / w.group, loaded[2] = {-1, -1};
    int16_t factors[2 * EDGEC_PANEL_COLUMNS] = {0};
    for (int k = 0; k < pairs; k++) {
        for (int i = 0; i < 2; i++) {
            int group = (2 * (from + k) + i) / w.group;
            if (group == loaded[i] || group == groups)
                continue;
            loaded[i] = group;
            for (int c = 0; c < count; c++)
                factors[2 * c + i] = w.multipliers[(ptrdiff_t)(first + c) * groups + group];
        }

        int16_t *restrict row = strip + (ptrdiff_t)2 * width * k;
        for (int i = 0; i < 2 * width; i++)
            row[i] = (int16_t)(row[i] * factors[i]);
    }
}

// y[r, c] = finish(bias[c] + sum over k of x[r, k] * w[c, k]) for at most EDGEC_PANEL_BLOCK_I8 rows, of an even length. The
// bias may be null.
EDGEC_INLINE void edgec_rows_by_panels_i4(
        const int16_t *restrict x, int rows, int inner, edgec_weights_i4 panels, int columns, const int32_t *restrict bias,
        edgec_requantizer finish, int8_t *restrict y) {
    enum { COLUMNS = EDGEC_PANEL_COLUMNS, ROWS = EDGEC_PANEL_ROWS };
    int pairs = (inner + 1) / 2, pitch = 2 * pairs;
    const uint8_t *restrict bytes = panels.values;
    int16_t strip[2 * EDGEC_STRIP_I4 * COLUMNS];
    int32_t sums[EDGEC_PANEL_BLOCK_I8][COLUMNS];
    for (int c = 0; c < columns; c += COLUMNS) {
        int count = columns - c < COLUMNS ? columns - c : COLUMNS, width = count > 8 ? 16 : 8;
        for (int from = 0; from < pairs; from += EDGEC_STRIP_I4) {
            int taken = pairs - from < EDGEC_STRIP_I4 ? pairs - from : EDGEC_STRIP_I4;
            edgec_unpack_i4(bytes, 0, 2 * taken * width, strip);
            bytes += (ptrdiff_t)taken * width;
            if (panels.multipliers)
                edgec_multiply_strip_i4(panels, c, count, width, inner, from, taken, strip);
            for (int first = 0; first < rows; first += ROWS) {
                int32_t part[ROWS][COLUMNS] = {{0}};
                edgec_rows_by_panel_i16(x + (ptrdiff_t)first * pitch + 2 * from, pitch, rows - first < ROWS ? rows - first : ROWS, taken, strip, width, part);
                for (int r = 0; r < ROWS; r++) {
                    for (int i = 0; i < width; i++)
                        sums[first + r][i] = part[r][i] + (from > 0 ? sums[first + r][i] : 0);
                }
            }
        }

        for (int r = 0; r < rows; r++)
            edgec_finish_row(finish, sums[r], bias, c, count, y + (ptrdiff_t)r * columns + c);
    }
}

#endif
