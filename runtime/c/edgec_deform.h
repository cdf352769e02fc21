// Where a deformable convolution samples its input. Images are channels-last.
#ifndef EDGEC_DEFORM_H
#define EDGEC_DEFORM_H

#include "edgec_window.h"

// Tap (ky, kx) of an output pixel lies where that of the window does, moved by an offset of its own. Offsets are
// [batch, out_height, out_width, offset_groups, taps, 2], pairs (dy, dx); channels are divided evenly among the groups.
// Where `square` is set they are [batch, out_height, out_width, offset_groups], and s moves the tap by s times its
// distance from the centre of the window. A mask is [batch, out_height, out_width, offset_groups, taps].
typedef struct edgec_deform {
    edgec_window window;
    int offset_groups;
    bool square;
    int fraction;  // fraction bits of integer offsets; 0 rounds offsets in single precision
    int32_t lo;    // integer offsets, or s, are clamped to [lo, hi]
    int32_t hi;
} edgec_deform;

// Offsets of one output pixel.
EDGEC_INLINE int edgec_deform_offsets(edgec_deform d) {
    return d.offset_groups * (d.square ? 1 : 2 * d.window.kernel_height * d.window.kernel_width);
}

// The offset of a tap along an axis (0: y, 1: x) among those of its pixel.
EDGEC_INLINE int edgec_deform_index(edgec_deform d, int group, int tap, int axis) {
    return d.square ? group : (group * d.window.kernel_height * d.window.kernel_width + tap) * 2 + axis;
}

// What an offset is multiplied by.
EDGEC_INLINE int edgec_deform_factor(edgec_deform d, int tap, int axis) {
    if (!d.square) return 1;
    int width = d.window.kernel_width;
    return axis == 0 ? tap / width - d.window.kernel_height / 2 : tap % width - width / 2;
}

// Where a tap lies without its offset.
EDGEC_INLINE int edgec_deform_regular(edgec_window g, int oy, int ox, int tap, int axis) {
    return axis == 0 ? oy * g.stride_y + tap / g.kernel_width * g.dilation_y - g.pad_top
                     : ox * g.stride_x + tap % g.kernel_width * g.dilation_x - g.pad_left;
}

#endif
