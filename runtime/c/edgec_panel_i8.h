// Rows of centered 8-bit integers times panels of 8-bit weights, see edgec_panel.h.
#ifndef EDGEC_PANEL_I8_H
#define EDGEC_PANEL_I8_H

#include <stddef.h>
#include <string.h>

#include "edgec_finish_row.h"
#include "edgec_panel.h"

enum {
    EDGEC_PANEL_BLOCK_I8 = 64,          // most rows that meet a panel while it is in the nearest cache
    EDGEC_PANEL_CENTERED_I8 = 18432,    // elements of them
    EDGEC_PANEL_INNER_I8 = EDGEC_PANEL_CENTERED_I8 / 4,  // longest row of which at least four are
};

// Rows taken at a time, a multiple of four.
EDGEC_INLINE int edgec_panel_block_i8(int pitch) {
    int fit = EDGEC_PANEL_CENTERED_I8 / pitch / EDGEC_PANEL_ROWS * EDGEC_PANEL_ROWS;
    return fit < EDGEC_PANEL_BLOCK_I8 ? fit : EDGEC_PANEL_BLOCK_I8;
}

// sums[r][c] = sum over k of x_r[k] * weight[k, c] for 1 to 4 rows, which lie `pitch` elements apart, and a panel of 8 or 16
// columns.
EDGEC_DEFINE_PANEL(i8, int8_t, false)

// y[r, c] = finish(bias[c] + sum over k of x[r, k] * w[c, k]) for rows of 2 * pairs values. The bias may be null.
EDGEC_INLINE void edgec_rows_by_panels_i8(
        const int16_t *restrict x, int rows, int pairs, const int8_t *restrict panels, int columns,
        const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    int pitch = 2 * pairs;
    for (int c = 0; c < columns; c += EDGEC_PANEL_COLUMNS) {
        int count = columns - c < EDGEC_PANEL_COLUMNS ? columns - c : EDGEC_PANEL_COLUMNS;
        int width = count > 8 ? 16 : 8;
        for (int first = 0; first < rows; first += EDGEC_PANEL_ROWS) {
            int taken = rows - first < EDGEC_PANEL_ROWS ? rows - first : EDGEC_PANEL_ROWS;
            int32_t sums[EDGEC_PANEL_ROWS][EDGEC_PANEL_COLUMNS];
            edgec_rows_by_panel_i8(x + (ptrdiff_t)first * pitch, pitch, taken, pairs, panels, width, sums);
            for (int r = 0; r < taken; r++)
                edgec_finish_row(finish, sums[r], bias, c, count, y + (ptrdiff_t)(first + r) * columns + c);
        }

        panels += (ptrdiff_t)pairs * 2 * width;
    }
}

// A panel of activations: x is [columns, inner], of which `count` columns are taken, 16 at most.
EDGEC_INLINE void edgec_panel_of_rows_i8(const int8_t *restrict x, int inner, int count, int8_t *restrict panel) {
    int width = count > 8 ? 16 : 8, pairs = inner / 2;
    for (int c = 0; c < width; c++) {
        // The last column stands in for those that are missing.
        const int8_t *restrict column = x + (ptrdiff_t)(c < count ? c : count - 1) * inner;
        for (int k = 0; k < pairs; k++)
            memcpy(panel + 2 * ((ptrdiff_t)k * width + c), column + 2 * k, 2);
        if (inner % 2 != 0) {
            panel[2 * ((ptrdiff_t)pairs * width + c)] = column[inner - 1];
            panel[2 * ((ptrdiff_t)pairs * width + c) + 1] = 0;
        }
    }
}

// The same where x is [inner, pitch].
EDGEC_INLINE void edgec_panel_of_columns_i8(
        const int8_t *restrict x, ptrdiff_t pitch, int inner, int count, int8_t *restrict panel) {
    int width = count > 8 ? 16 : 8;
    for (int k = 0; k < inner; k += 2) {
        const int8_t *even = x + k * pitch, *odd = k + 1 < inner ? even + pitch : even;
        int8_t *restrict pairs = panel + (ptrdiff_t)k * width;
        if (k + 1 == inner || count != 16) {
            for (int c = 0; c < width; c++) {
                pairs[2 * c] = c < count ? even[c] : 0;
                pairs[2 * c + 1] = c < count && k + 1 < inner ? odd[c] : 0;
            }
            continue;
        }

        for (int c = 0; c < 16; c++) {
            pairs[2 * c] = even[c];
            pairs[2 * c + 1] = odd[c];
        }
    }
}

#endif
