// The kernels of edgec_i16.h that sum. That header includes this one for each width of sums, with
//   EDGEC_SUM             the type of a sum
//   EDGEC_SUMMING(name)   the name of a kernel with such sums

// Sum of x[i] * w[first + i].
EDGEC_INLINE EDGEC_SUM EDGEC_SUMMING(edgec_dot_i16)(
        edgec_factor factor, const int16_t *restrict x, const void *restrict w, ptrdiff_t first, int length) {
    EDGEC_SUM sum = 0;
    if (factor == EDGEC_I4) {
        int16_t chunk[EDGEC_CHUNK_I4];
        for (int from = 0; from < length; from += EDGEC_CHUNK_I4) {
            int count = length - from < EDGEC_CHUNK_I4 ? length - from : EDGEC_CHUNK_I4;
            edgec_unpack_i4((const uint8_t *)w, first + from, count, chunk);
            for (int i = 0; i < count; i++)
                sum += x[from + i] * chunk[i];
        }
    } else if (factor == EDGEC_I8) {
        const int8_t *restrict row = (const int8_t *)w + first;
        for (int i = 0; i < length; i++)
            sum += x[i] * row[i];
    } else {
        const int16_t *restrict row = (const int16_t *)w + first;
        for (int i = 0; i < length; i++)
            sum += x[i] * row[i];
    }

    return sum;
}

// One row times a right side whose columns are contiguous: activations [inner, columns].
EDGEC_INLINE void EDGEC_SUMMING(edgec_row_by_columns_i16)(
        const int16_t *restrict left, int inner, const int16_t *restrict right, int columns,
        const int32_t *restrict bias, edgec_requantizer finish, int16_t *restrict y) {
    for (int first = 0; first < columns; first += EDGEC_BLOCK_I16) {
        int count = columns - first < EDGEC_BLOCK_I16 ? columns - first : EDGEC_BLOCK_I16;
        EDGEC_SUM sums[EDGEC_BLOCK_I16];
        for (int c = 0; c < count; c++)
            sums[c] = bias ? bias[first + c] : 0;
        for (int k = 0; k < inner; k++) {
            const int16_t *restrict row = right + (ptrdiff_t)k * columns + first;
            for (int c = 0; c < count; c++)
                sums[c] += left[k] * row[c];
        }

        for (int c = 0; c < count; c++)
            y[first + c] = edgec_finish_i16(finish, sums[c], first + c);
    }
}

// y = finish(bias + sum left * right). Weights lie as [columns, inner]. The bias, one a column, may be null.
EDGEC_INLINE void EDGEC_SUMMING(edgec_matmul_i16)(
        edgec_matmul g, edgec_factor factor, const int16_t *restrict left, const void *restrict right,
        const int32_t *restrict bias, edgec_requantizer finish, int16_t *restrict y) {
    for (int b = 0; b < g.batch; b++) {
        ptrdiff_t matrix = g.broadcast_right ? 0 : (ptrdiff_t)b * g.inner * g.columns;
        for (int r = 0; r < g.rows; r++) {
            const int16_t *row = left + ((g.broadcast_left ? 0 : (ptrdiff_t)b * g.rows) + r) * g.inner;
            int16_t *target = y + ((ptrdiff_t)b * g.rows + r) * g.columns;
            if (!g.right_transposed) {
                EDGEC_SUMMING(edgec_row_by_columns_i16)(row, g.inner, (const int16_t *)right + matrix, g.columns,
                    bias, finish, target);
                continue;
            }

            for (int c = 0; c < g.columns; c++) {
                EDGEC_SUM sum = EDGEC_SUMMING(edgec_dot_i16)(
                    factor, row, right, matrix + (ptrdiff_t)c * g.inner, g.inner);
                target[c] = edgec_finish_i16(finish, sum + (bias ? bias[c] : 0), c);
            }
        }
    }
}

// Any convolution, output by output; positions outside the image count as real 0, which is 0.
EDGEC_INLINE void EDGEC_SUMMING(edgec_convolve_windows_i16)(
        edgec_window g, edgec_factor factor, const int16_t *restrict x, const void *restrict w,
        const int32_t *restrict bias, edgec_requantizer finish, int16_t *restrict y) {
    int per_group = g.channels / g.groups, outs = g.out_channels / g.groups;
    bool contiguous = g.dilation_x == 1 && g.groups == 1;
    for (int line = 0; line < g.batch * g.out_height; line++) {
        int n = edgec_line_image(g, line), oy = edgec_line_row(g, line);
        edgec_taps ys = edgec_taps_y(g, oy);
        for (int ox = 0; ox < g.out_width; ox++) {
            edgec_taps xs = edgec_taps_x(g, ox);
            int run = contiguous ? xs.end - xs.first : 1;
            for (int c = 0; c < g.out_channels; c++) {
                EDGEC_SUM sum = bias ? bias[c] : 0;
                for (int ky = ys.first; ky < ys.end; ky++) {
                    for (int kx = xs.first; kx < xs.end; kx += run) {
                        ptrdiff_t tap = ((ptrdiff_t)c * g.kernel_height + ky) * g.kernel_width + kx;
                        sum += EDGEC_SUMMING(edgec_dot_i16)(
                            factor, x + edgec_tap_offset(g, n, oy, ox, ky, kx) + c / outs * per_group, w,
                            tap * per_group, run * per_group);
                    }
                }

                y[edgec_pixel_offset(g, n, oy, ox) + c] = edgec_finish_i16(finish, sum, c);
            }
        }
    }
}

// Depthwise: the channels [first, first + count), at most EDGEC_BLOCK_I16, side by side.
EDGEC_INLINE void EDGEC_SUMMING(edgec_convolve_lanes_i16)(
        edgec_window g, edgec_factor factor, const int16_t *restrict x, const void *restrict w,
        const int32_t *restrict bias, edgec_requantizer finish, int16_t *restrict y, int first, int count) {
    int taps = g.kernel_height * g.kernel_width;
    int16_t weights[EDGEC_TAPS_I16][EDGEC_BLOCK_I16];
    for (int tap = 0; tap < taps; tap++) {
        for (int c = 0; c < count; c++)
            weights[tap][c] = (int16_t)edgec_factor_at(factor, w, (ptrdiff_t)(first + c) * taps + tap);
    }

    for (int line = 0; line < g.batch * g.out_height; line++) {
        int n = edgec_line_image(g, line), oy = edgec_line_row(g, line);
        edgec_taps ys = edgec_taps_y(g, oy);
        for (int ox = 0; ox < g.out_width; ox++) {
            edgec_taps xs = edgec_taps_x(g, ox);
            EDGEC_SUM sums[EDGEC_BLOCK_I16] = {0};
            for (int ky = ys.first; ky < ys.end; ky++) {
                for (int kx = xs.first; kx < xs.end; kx++) {
                    const int16_t *restrict pixel = x + edgec_tap_offset(g, n, oy, ox, ky, kx) + first;
                    const int16_t *restrict tap = weights[ky * g.kernel_width + kx];
                    for (int c = 0; c < count; c++)
                        sums[c] += pixel[c] * tap[c];
                }
            }

            int16_t *restrict target = y + edgec_pixel_offset(g, n, oy, ox) + first;
            for (int c = 0; c < count; c++)
                target[c] = edgec_finish_i16(finish, sums[c] + (bias ? bias[first + c] : 0), first + c);
        }
    }
}

// y = finish(bias + sum of weight * x). The geometry is constant where this is inlined, so one branch remains. The bias
// may be null.
EDGEC_INLINE void EDGEC_SUMMING(edgec_convolve_i16)(
        edgec_window g, edgec_factor factor, const int16_t *restrict x, const void *restrict w,
        const int32_t *restrict bias, edgec_requantizer finish, int16_t *restrict y) {
    bool depthwise = g.groups == g.channels && g.groups == g.out_channels;
    if (!depthwise || g.kernel_height * g.kernel_width > EDGEC_TAPS_I16) {
        EDGEC_SUMMING(edgec_convolve_windows_i16)(g, factor, x, w, bias, finish, y);
        return;
    }

    for (int first = 0; first < g.channels; first += EDGEC_BLOCK_I16) {
        int count = g.channels - first < EDGEC_BLOCK_I16 ? g.channels - first : EDGEC_BLOCK_I16;
        EDGEC_SUMMING(edgec_convolve_lanes_i16)(g, factor, x, w, bias, finish, y, first, count);
    }
}

// finish(sum of x) at index "number of positions", which divides; of all positions if count_padding.
EDGEC_INLINE void EDGEC_SUMMING(edgec_pool_average_i16)(
        edgec_window g, const int16_t *restrict x, bool count_padding, edgec_requantizer finish,
        int16_t *restrict y) {
    for (int line = 0; line < g.batch * g.out_height; line++) {
        int n = edgec_line_image(g, line), oy = edgec_line_row(g, line);
        edgec_taps ys = edgec_taps_y(g, oy);
        for (int ox = 0; ox < g.out_width; ox++) {
            edgec_taps xs = edgec_taps_x(g, ox);
            int inside = (ys.end - ys.first) * (xs.end - xs.first);
            int positions = count_padding ? g.kernel_height * g.kernel_width : inside;
            for (int c = 0; c < g.channels; c++) {
                EDGEC_SUM sum = 0;
                for (int ky = ys.first; ky < ys.end; ky++) {
                    for (int kx = xs.first; kx < xs.end; kx++)
                        sum += x[edgec_tap_offset(g, n, oy, ox, ky, kx) + c];
                }

                y[edgec_pixel_offset(g, n, oy, ox) + c] = edgec_finish_i16(finish, sum, positions);
            }
        }
    }
}

// finish(sum of x) along the middle axis.
EDGEC_INLINE void EDGEC_SUMMING(edgec_reduce_sum_i16)(
        edgec_axis g, const int16_t *restrict x, edgec_requantizer finish, int16_t *restrict y) {
    for (int at = 0; at < g.outer * g.inner; at++) {
        const int16_t *restrict row = x + (ptrdiff_t)(at / g.inner) * g.length * g.inner + at % g.inner;
        EDGEC_SUM sum = 0;
        for (int i = 0; i < g.length; i++)
            sum += row[(ptrdiff_t)i * g.inner];
        y[at] = edgec_finish_i16(finish, sum, 0);
    }
}
