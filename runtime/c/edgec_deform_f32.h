// Deformable convolution in single precision, channels-last: clamp(bias + sum of weight * mask * sample). Samples are
// bilinear; positions outside the image count as 0.
#ifndef EDGEC_DEFORM_F32_H
#define EDGEC_DEFORM_F32_H

#include <math.h>

#include "edgec_deform.h"
#include "edgec_rows_f32.h"

enum {
    EDGEC_LANES_DEFORM_F32 = 64,   // channels that are sampled together
    EDGEC_PATCH_DEFORM_F32 = 8192, // most elements of a window that is sampled whole
};

// What moves the taps, in pixels, clamped to [lo, hi]; the mask may be null.
typedef struct edgec_moves_f32 {
    const float *offsets;
    const float *mask;
    float lo;
    float hi;
} edgec_moves_f32;

EDGEC_INLINE float edgec_moved_f32(edgec_deform d, edgec_moves_f32 m, int pixel, int group, int tap, int axis) {
    float offset = m.offsets[(ptrdiff_t)pixel * edgec_deform_offsets(d) + edgec_deform_index(d, group, tap, axis)];
    if (d.fraction == 0) offset = floorf(offset + 0.5f);
    return edgec_clamp_f32(offset, m.lo, m.hi) * (float)edgec_deform_factor(d, tap, axis);
}

// Adds a neighbour times its factor, if it lies inside.
EDGEC_INLINE void edgec_add_neighbour_f32(
        edgec_window g, const float *restrict image, int y, int x, int channel, float factor, int count, float *restrict samples) {
    if (y < 0 || y >= g.height || x < 0 || x >= g.width) return;
    const float *restrict source = image + ((ptrdiff_t)y * g.width + x) * g.channels + channel;
    for (int c = 0; c < count; c++)
        samples[c] += factor * source[c];
}

// The samples of one tap in the channels [first, first + count), all of one offset group.
EDGEC_INLINE void edgec_sample_f32(
        edgec_deform d, const float *restrict x, edgec_moves_f32 m, int pixel, int tap, int first, int count,
        float *restrict samples) {
    edgec_window g = d.window;
    int ox = pixel % g.out_width, line = pixel / g.out_width, oy = line % g.out_height;
    int group = first / (g.channels / d.offset_groups);
    const float *restrict image = x + (ptrdiff_t)(line / g.out_height) * g.height * g.width * g.channels;
    float at_y = (float)edgec_deform_regular(g, oy, ox, tap, 0) + edgec_moved_f32(d, m, pixel, group, tap, 0);
    float at_x = (float)edgec_deform_regular(g, oy, ox, tap, 1) + edgec_moved_f32(d, m, pixel, group, tap, 1);
    for (int c = 0; c < count; c++)
        samples[c] = 0.0f;
    // Also where it is no number.
    if (!(at_y > -1.0f && at_y < (float)g.height && at_x > -1.0f && at_x < (float)g.width)) return;
    float floor_y = floorf(at_y), floor_x = floorf(at_x), part_y = at_y - floor_y, part_x = at_x - floor_x;
    int top = (int)floor_y, left = (int)floor_x, taps = g.kernel_height * g.kernel_width;
    float mask = m.mask ? m.mask[((ptrdiff_t)pixel * d.offset_groups + group) * taps + tap] : 1.0f;
    edgec_add_neighbour_f32(g, image, top, left, first, (1.0f - part_y) * (1.0f - part_x) * mask, count, samples);
    if (d.fraction == 0) return;
    edgec_add_neighbour_f32(g, image, top, left + 1, first, (1.0f - part_y) * part_x * mask, count, samples);
    edgec_add_neighbour_f32(g, image, top + 1, left, first, part_y * (1.0f - part_x) * mask, count, samples);
    edgec_add_neighbour_f32(g, image, top + 1, left + 1, first, part_y * part_x * mask, count, samples);
}

// The same for channels of several groups.
EDGEC_INLINE void edgec_sample_channels_f32(
        edgec_deform d, const float *restrict x, edgec_moves_f32 m, int pixel, int tap, int first, int count,
        float *restrict samples) {
    int per_offset = d.window.channels / d.offset_groups;
    for (int from = first, taken; from < first + count; from += taken) {
        int left = first + count - from, rest = per_offset - from % per_offset;
        taken = left < rest ? left : rest;
        edgec_sample_f32(d, x, m, pixel, tap, from, taken, samples + from - first);
    }
}

// Depthwise: the channels [first, first + count) side by side, at most EDGEC_LANES_DEFORM_F32.
EDGEC_INLINE void edgec_deform_lanes_f32(
        edgec_deform d, const float *restrict x, edgec_moves_f32 m, const float *restrict w, const float *restrict bias,
        float lo, float hi, float *restrict y, int first, int count) {
    edgec_window g = d.window;
    int taps = g.kernel_height * g.kernel_width;
    for (int pixel = 0; pixel < g.batch * g.out_height * g.out_width; pixel++) {
        float sums[EDGEC_LANES_DEFORM_F32] = {0}, samples[EDGEC_LANES_DEFORM_F32];
        for (int tap = 0; tap < taps; tap++) {
            edgec_sample_channels_f32(d, x, m, pixel, tap, first, count, samples);
            for (int c = 0; c < count; c++)
                sums[c] += samples[c] * w[(ptrdiff_t)(first + c) * taps + tap];
        }

        float *restrict target = y + (ptrdiff_t)pixel * g.out_channels + first;
        for (int c = 0; c < count; c++)
            target[c] = edgec_clamp_f32(sums[c] + (bias ? bias[first + c] : 0.0f), lo, hi);
    }
}

// A window at a time, sampled whole and then multiplied by the weights of each output.
EDGEC_INLINE void edgec_deform_rows_f32(
        edgec_deform d, const float *restrict x, edgec_moves_f32 m, const float *restrict w, const float *restrict bias,
        float lo, float hi, float *restrict y) {
    edgec_window g = d.window;
    int taps = g.kernel_height * g.kernel_width, per_group = g.channels / g.groups, outs = g.out_channels / g.groups;
    float patch[EDGEC_PATCH_DEFORM_F32];
    for (int pixel = 0; pixel < g.batch * g.out_height * g.out_width; pixel++) {
        for (int group = 0; group < g.groups; group++) {
            for (int tap = 0; tap < taps; tap++) {
                edgec_sample_channels_f32(
                    d, x, m, pixel, tap, group * per_group, per_group, patch + (ptrdiff_t)tap * per_group);
            }

            int first = group * outs;
            edgec_rows_f32(patch, 1, taps * per_group, w + (ptrdiff_t)first * taps * per_group, outs,
                bias ? bias + first : NULL, lo, hi, y + (ptrdiff_t)pixel * g.out_channels + first, g.out_channels);
        }
    }
}

// Windows of more elements than a patch holds: output by output, a few channels of a tap at a time.
EDGEC_INLINE void edgec_deform_taps_f32(
        edgec_deform d, const float *restrict x, edgec_moves_f32 m, const float *restrict w, const float *restrict bias,
        float lo, float hi, float *restrict y) {
    edgec_window g = d.window;
    int taps = g.kernel_height * g.kernel_width, per_group = g.channels / g.groups, outs = g.out_channels / g.groups;
    for (int pixel = 0; pixel < g.batch * g.out_height * g.out_width; pixel++) {
        for (int c = 0; c < g.out_channels; c++) {
            float sum = bias ? bias[c] : 0.0f;
            for (int at = 0, count; at < taps * per_group; at += count) {
                float samples[EDGEC_LANES_DEFORM_F32];
                int left = per_group - at % per_group;
                count = left < EDGEC_LANES_DEFORM_F32 ? left : EDGEC_LANES_DEFORM_F32;
                edgec_sample_channels_f32(
                    d, x, m, pixel, at / per_group, c / outs * per_group + at % per_group, count, samples);
                sum += edgec_dot_f32(samples, w + (ptrdiff_t)c * taps * per_group + at, count);
            }

            y[(ptrdiff_t)pixel * g.out_channels + c] = edgec_clamp_f32(sum, lo, hi);
        }
    }
}

// The geometry is constant where this is inlined, so one branch remains. The bias may be null.
EDGEC_INLINE void edgec_deform_f32(
        edgec_deform d, const float *restrict x, edgec_moves_f32 m, const float *restrict w, const float *restrict bias,
        float lo, float hi, float *restrict y) {
    edgec_window g = d.window;
    if (g.groups != g.channels || g.groups != g.out_channels) {
        if (g.kernel_height * g.kernel_width * (g.channels / g.groups) <= EDGEC_PATCH_DEFORM_F32)
            edgec_deform_rows_f32(d, x, m, w, bias, lo, hi, y);
        else
            edgec_deform_taps_f32(d, x, m, w, bias, lo, hi, y);
        return;
    }

    int count = g.channels < EDGEC_LANES_DEFORM_F32 ? g.channels : EDGEC_LANES_DEFORM_F32;
    for (int first = 0; first < g.channels; first += count) {
        // The last block begins early enough to be whole: some channels are computed twice.
        int from = first < g.channels - count ? first : g.channels - count;
        edgec_deform_lanes_f32(d, x, m, w, bias, lo, hi, y, from, count);
    }
}

#endif
