// Normalizes groups of channels of single-precision numbers by their deviation.
#ifndef EDGEC_GROUP_NORM_F32_H
#define EDGEC_GROUP_NORM_F32_H

#include <stdbool.h>

#include "edgec_float.h"
#include "edgec_groups.h"
#include "edgec_rows_f32.h"

// (x - mean) / sqrt(variance + epsilon) * scale + bias, the variance from centered values; where it is not centered, the
// mean counts as 0. The bias may be null.
EDGEC_INLINE void edgec_layer_norm_f32(
        edgec_groups g, const float *restrict x, bool centered, float epsilon, const float *restrict scale,
        const float *restrict bias, float *restrict y) {
    float count = (float)g.length * (float)g.channels;
    ptrdiff_t pitch = (ptrdiff_t)g.groups * g.channels;
    for (int row = 0; row < g.outer * g.groups; row++) {
        const float *restrict source = x + edgec_group_offset(g, row);
        float *restrict target = y + edgec_group_offset(g, row);
        ptrdiff_t parameters = (ptrdiff_t)(row % g.groups) * g.channels;
        float sum = 0.0f, squares = 0.0f;
        for (int i = 0; centered && i < g.length; i++)
            sum += edgec_total_f32(source + i * pitch, g.channels);
        float mean = sum / count;
        for (int i = 0; i < g.length; i++)
            squares += edgec_squares_f32(source + i * pitch, mean, g.channels);

        float factor = 1.0f / sqrtf(squares / count + epsilon);
        for (int i = 0; i < g.length; i++) {
            for (int c = 0; c < g.channels; c++) {
                float normal = (source[i * pitch + c] - mean) * factor * scale[parameters + c];
                target[i * pitch + c] = bias ? normal + bias[parameters + c] : normal;
            }
        }
    }
}

#endif
