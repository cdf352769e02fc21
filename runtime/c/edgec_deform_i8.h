// Deformable convolution of 8-bit integers, channels-last, exact but for the rounding of each sample until the finish:
// finish(bias + sum of weight * sample). Samples keep the fraction bits of the offsets; positions outside the image count
// as real 0. Weights have 8 bits, or 4.
#ifndef EDGEC_DEFORM_I8_H
#define EDGEC_DEFORM_I8_H

#include <string.h>

#include "edgec_deform.h"
#include "edgec_rows_i4.h"

enum {
    EDGEC_LANES_DEFORM = 512,    // most channels that are sampled together
    EDGEC_WEIGHTS_DEFORM = 8192, // most weights of a depthwise kernel that are on the stack
    EDGEC_NARROW_DEFORM = 6,     // most fraction bits with which rows and their difference have 16 bits
};

// What moves the taps: offsets of 8 or 16 bits, and perhaps a mask of 8 or 16, whose distance to its zero is in 256ths.
typedef struct edgec_moves_i8 {
    const int8_t *narrow;
    const int16_t *wide;  // null where offsets have 8 bits
    const int8_t *narrow_mask;
    const int16_t *wide_mask;  // both are null without a mask
    int32_t mask_zero;
} edgec_moves_i8;

// The four neighbours of a sample, of EDGEC_LANES_DEFORM channels at most, and how far it lies from the first.
typedef struct edgec_neighbours_i8 {
    const int8_t *top_left, *top_right, *bottom_left, *bottom_right;
    int32_t fraction_y, fraction_x;
    int32_t mask;
} edgec_neighbours_i8;

EDGEC_INLINE int32_t edgec_moved(edgec_deform d, edgec_moves_i8 m, int pixel, int group, int tap, int axis, int regular) {
    ptrdiff_t at = (ptrdiff_t)pixel * edgec_deform_offsets(d) + edgec_deform_index(d, group, tap, axis);
    int32_t offset = edgec_clamp(m.wide ? m.wide[at] : m.narrow[at], d.lo, d.hi);
    return regular * (1 << d.fraction) + offset * edgec_deform_factor(d, tap, axis);
}

EDGEC_INLINE bool edgec_is_masked(edgec_moves_i8 m) {
    return m.wide_mask || m.narrow_mask;
}

// The factor of a sample, where there is a mask.
EDGEC_INLINE int32_t edgec_mask_of(edgec_moves_i8 m, ptrdiff_t at) {
    return edgec_clamp((m.wide_mask ? m.wide_mask[at] : m.narrow_mask[at]) - m.mask_zero, 0, 256);
}

// A neighbour's channels from `channel` on; those of `outside` where it lies outside the image.
EDGEC_INLINE const int8_t *edgec_neighbour_i8(
        edgec_window g, const int8_t *image, const int8_t *outside, int y, int x, int channel) {
    bool inside = y >= 0 && y < g.height && x >= 0 && x < g.width;
    return inside ? image + ((ptrdiff_t)y * g.width + x) * g.channels + channel : outside;
}

// Those of a tap of an output pixel, counted over all images, from `channel` on.
EDGEC_INLINE edgec_neighbours_i8 edgec_neighbours_of_i8(
        edgec_deform d, const int8_t *x, edgec_moves_i8 m, const int8_t *outside, int pixel, int tap, int channel) {
    edgec_window g = d.window;
    int ox = pixel % g.out_width, line = pixel / g.out_width, oy = line % g.out_height;
    int group = channel / (g.channels / d.offset_groups);
    int32_t y = edgec_moved(d, m, pixel, group, tap, 0, edgec_deform_regular(g, oy, ox, tap, 0));
    int32_t at = edgec_moved(d, m, pixel, group, tap, 1, edgec_deform_regular(g, oy, ox, tap, 1));
    int top = y >> d.fraction, left = at >> d.fraction, part = (1 << d.fraction) - 1;
    const int8_t *image = x + (ptrdiff_t)(line / g.out_height) * g.height * g.width * g.channels;
    int taps = g.kernel_height * g.kernel_width;
    edgec_neighbours_i8 near = {
        .top_left = edgec_neighbour_i8(g, image, outside, top, left, channel),
        .fraction_y = y & part,
        .fraction_x = at & part,
        .mask = edgec_is_masked(m) ? edgec_mask_of(m, ((ptrdiff_t)pixel * d.offset_groups + group) * taps + tap) : 256,
    };
    if (d.fraction > 0) {
        near.top_right = edgec_neighbour_i8(g, image, outside, top, left + 1, channel);
        near.bottom_left = edgec_neighbour_i8(g, image, outside, top + 1, left, channel);
        near.bottom_right = edgec_neighbour_i8(g, image, outside, top + 1, left + 1, channel);
    }

    return near;
}

// The sample of a channel.
EDGEC_INLINE int16_t edgec_sample_i8(edgec_deform d, edgec_neighbours_i8 near, bool masked, int16_t zero, int c) {
    int16_t top_left = (int16_t)(near.top_left[c] - zero);
    if (d.fraction == 0)
        return masked ? (int16_t)edgec_interpolation_sample_masked(top_left, near.mask, 0) : top_left;
    int16_t top_right = (int16_t)(near.top_right[c] - zero), bottom_left = (int16_t)(near.bottom_left[c] - zero);
    int16_t bottom_right = (int16_t)(near.bottom_right[c] - zero);
    if (masked || d.fraction > EDGEC_NARROW_DEFORM) {
        int32_t sum = edgec_interpolation_bilinear_sum(
            top_left, top_right, bottom_left, bottom_right, near.fraction_y, near.fraction_x, d.fraction);
        return (int16_t)(masked ? edgec_interpolation_sample_masked(sum, near.mask, d.fraction)
                                : edgec_interpolation_sample(sum, d.fraction));
    }

    // All of it in 16 bits, which vectors hold twice as many of.
    int16_t one = (int16_t)(1 << d.fraction), part = (int16_t)near.fraction_x;
    int16_t top = (int16_t)(top_left * one + (int16_t)(top_right - top_left) * part);
    int16_t bottom = (int16_t)(bottom_left * one + (int16_t)(bottom_right - bottom_left) * part);
    int16_t difference = (int16_t)(bottom - top);
    return (int16_t)edgec_interpolation_sample_rows(top, difference, near.fraction_y, d.fraction);
}

// How many channels from `from` on have the offsets of the same group, up to `end`.
EDGEC_INLINE int edgec_alike(edgec_deform d, int from, int end) {
    int per_offset = d.window.channels / d.offset_groups, rest = per_offset - from % per_offset;
    int count = end - from < rest ? end - from : rest;
    return count < EDGEC_LANES_DEFORM ? count : EDGEC_LANES_DEFORM;
}

// The samples of one tap in the channels [first, first + count).
EDGEC_INLINE void edgec_sample_channels_i8(
        edgec_deform d, const int8_t *restrict x, int32_t zero, edgec_moves_i8 m, const int8_t *outside, int pixel, int tap,
        int first, int count, int16_t *restrict samples) {
    for (int from = first, taken; from < first + count; from += taken) {
        taken = edgec_alike(d, from, first + count);
        edgec_neighbours_i8 near = edgec_neighbours_of_i8(d, x, m, outside, pixel, tap, from);
        int16_t *restrict target = samples + from - first;
        EDGEC_KEEP_LOOP
        for (int c = 0; c < taken; c++)
            target[c] = edgec_sample_i8(d, near, edgec_is_masked(m), (int16_t)zero, c);
    }
}

// Depthwise: the channels [first, first + count) side by side, at most EDGEC_LANES_DEFORM. Weights are [taps, count].
EDGEC_INLINE void edgec_deform_lanes_i8(
        edgec_deform d, const int8_t *restrict x, int32_t zero, edgec_moves_i8 m, const int8_t *outside,
        const int16_t *restrict weights, const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y,
        int first, int count) {
    edgec_window g = d.window;
    for (int pixel = 0; pixel < g.batch * g.out_height * g.out_width; pixel++) {
        int32_t sums[EDGEC_LANES_DEFORM];
        for (int c = 0; c < count; c++)
            sums[c] = bias ? bias[first + c] : 0;
        for (int tap = 0; tap < g.kernel_height * g.kernel_width; tap++) {
            for (int from = first, taken; from < first + count; from += taken) {
                taken = edgec_alike(d, from, first + count);
                edgec_neighbours_i8 near = edgec_neighbours_of_i8(d, x, m, outside, pixel, tap, from);
                const int16_t *restrict w = weights + (ptrdiff_t)tap * count + from - first;
                int32_t *restrict target = sums + from - first;
                int16_t samples[EDGEC_LANES_DEFORM];
                EDGEC_KEEP_LOOP
                for (int c = 0; c < taken; c++)
                    samples[c] = edgec_sample_i8(d, near, edgec_is_masked(m), (int16_t)zero, c);
                EDGEC_KEEP_LOOP
                for (int c = 0; c < taken; c++)
                    target[c] += samples[c] * w[c];
            }
        }

        int8_t *restrict target = y + (ptrdiff_t)pixel * g.out_channels + first;
        for (int c = 0; c < count; c++)
            target[c] = edgec_finish(finish, sums[c], first + c);
    }
}

// The samples of one output pixel for a group of channels, in the order of the weights.
EDGEC_INLINE void edgec_sample_window_i8(
        edgec_deform d, const int8_t *restrict x, int32_t zero, edgec_moves_i8 m, const int8_t *outside, int pixel, int first,
        int per_group, int16_t *restrict patch) {
    for (int tap = 0; tap < d.window.kernel_height * d.window.kernel_width; tap++)
        edgec_sample_channels_i8(d, x, zero, m, outside, pixel, tap, first, per_group, patch + (ptrdiff_t)tap * per_group);
}

// Windows become rows of a matrix, a few at a time, which meet weights of 8 bits, or a panel of unpacked ones of 4.
EDGEC_INLINE void edgec_deform_rows_i8(
        edgec_deform d, const int8_t *restrict x, int32_t zero, edgec_moves_i8 m, const int8_t *outside,
        const int8_t *restrict w, edgec_weights_i4 packed, const int32_t *restrict bias, edgec_requantizer finish,
        int8_t *restrict y) {
    edgec_window g = d.window;
    int per_group = g.channels / g.groups, outs = g.out_channels / g.groups;
    int inner = g.kernel_height * g.kernel_width * per_group, pitch = w ? inner : edgec_padded_i8(inner);
    int pixels = g.batch * g.out_height * g.out_width;
    int most = EDGEC_CENTERED_I8 / pitch < EDGEC_ROWS_I8 ? 4 : EDGEC_ROWS_I8;
    int width = w || EDGEC_PANEL_I4 / pitch > outs ? outs : EDGEC_PANEL_I4 / pitch;
    int16_t panel[EDGEC_PANEL_I4], patches[EDGEC_CENTERED_I8];
    memset(patches, 0, (size_t)(most * pitch) * sizeof *patches);
    for (int c = 0, count; c < g.out_channels; c += count) {
        int group = c / outs, end = (group + 1) * outs;
        count = end - c < width ? end - c : width;
        if (!w)
            edgec_panel_i4(packed, c, count, inner, panel);
        for (int pixel = 0; pixel < pixels; pixel += most) {
            int taken = pixels - pixel < most ? pixels - pixel : most;
            for (int i = 0; i < taken; i++) {
                edgec_sample_window_i8(d, x, zero, m, outside, pixel + i, group * per_group, per_group,
                    patches + (ptrdiff_t)i * pitch);
            }

            edgec_rows_i8(patches, taken, pitch, w ? w + (ptrdiff_t)c * inner : NULL, w ? NULL : panel, 0, count,
                bias ? bias + c : NULL, edgec_finish_from(finish, c), y + (ptrdiff_t)pixel * g.out_channels + c,
                g.out_channels);
        }
    }
}

// Windows of more elements than patches hold: output by output, a few channels of a tap at a time.
EDGEC_INLINE void edgec_deform_taps_i8(
        edgec_deform d, const int8_t *restrict x, int32_t zero, edgec_moves_i8 m, const int8_t *outside,
        const int8_t *restrict w, edgec_weights_i4 packed, const int32_t *restrict bias, edgec_requantizer finish,
        int8_t *restrict y) {
    edgec_window g = d.window;
    int per_group = g.channels / g.groups, outs = g.out_channels / g.groups, taps = g.kernel_height * g.kernel_width;
    for (int pixel = 0; pixel < g.batch * g.out_height * g.out_width; pixel++) {
        for (int c = 0; c < g.out_channels; c++) {
            int32_t sum = bias ? bias[c] : 0;
            for (int at = 0, count; at < taps * per_group; at += count) {
                int16_t samples[EDGEC_CHUNK_I4], weights[EDGEC_CHUNK_I4];
                int left = per_group - at % per_group;
                count = left < EDGEC_CHUNK_I4 ? left : EDGEC_CHUNK_I4;
                edgec_sample_channels_i8(d, x, zero, m, outside, pixel, at / per_group, c / outs * per_group + at % per_group,
                    count, samples);
                if (!w)
                    edgec_column_i4(packed, c, taps * per_group, at, count, weights);
                for (int i = 0; i < count; i++)
                    sum += samples[i] * (w ? w[(ptrdiff_t)c * taps * per_group + at + i] : weights[i]);
            }

            y[(ptrdiff_t)pixel * g.out_channels + c] = edgec_finish(finish, sum, c);
        }
    }
}

// The geometry is constant where this is inlined, so one branch remains. The weights are w, or packed ones where w is
// null. The bias may be null.
EDGEC_INLINE void edgec_deform_i8(
        edgec_deform d, const int8_t *restrict x, int32_t zero, edgec_moves_i8 m, const int8_t *restrict w,
        edgec_weights_i4 packed, const int32_t *restrict bias, edgec_requantizer finish, int8_t *restrict y) {
    edgec_window g = d.window;
    int taps = g.kernel_height * g.kernel_width;
    int8_t outside[EDGEC_LANES_DEFORM];
    memset(outside, zero, sizeof outside);
    if (g.groups != g.channels || g.groups != g.out_channels || taps > EDGEC_WEIGHTS_DEFORM) {
        if (taps * (g.channels / g.groups) <= EDGEC_INNER_I8)
            edgec_deform_rows_i8(d, x, zero, m, outside, w, packed, bias, finish, y);
        else
            edgec_deform_taps_i8(d, x, zero, m, outside, w, packed, bias, finish, y);
        return;
    }

    int most = EDGEC_WEIGHTS_DEFORM / taps < EDGEC_LANES_DEFORM ? EDGEC_WEIGHTS_DEFORM / taps : EDGEC_LANES_DEFORM;
    int count = g.channels < most ? g.channels : most;
    int16_t weights[EDGEC_WEIGHTS_DEFORM], column[EDGEC_WEIGHTS_DEFORM];
    for (int first = 0; first < g.channels; first += count) {
        // The last block begins early enough to be whole: some channels are computed twice.
        int from = first < g.channels - count ? first : g.channels - count;
        for (int c = 0; c < count; c++) {
            if (!w)
                edgec_column_i4(packed, from + c, taps, 0, taps, column);
            for (int tap = 0; tap < taps; tap++)
                weights[tap * count + c] = w ? w[(ptrdiff_t)(from + c) * taps + tap] : column[tap];
        }

        edgec_deform_lanes_i8(d, x, zero, m, outside, weights, bias, finish, y, from, count);
    }
}

#endif
