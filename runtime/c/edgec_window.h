// Where the windows of a convolution or a pooling lie. Images are channels-last.
#ifndef EDGEC_WINDOW_H
#define EDGEC_WINDOW_H

#include <stdbool.h>
#include <stddef.h>

#include "edgec_platform.h"

// Input is [batch, height, width, channels], output [batch, out_height, out_width, out_channels], weights
// [out_channels, kernel_height, kernel_width, channels / groups]. Tap (ky, kx) of output (oy, ox) reads input row
// oy * stride_y + ky * dilation_y - pad_top and column ox * stride_x + kx * dilation_x - pad_left.
typedef struct edgec_window {
    int batch, height, width, channels;
    int out_height, out_width, out_channels;
    int kernel_height, kernel_width;
    int stride_y, stride_x;
    int dilation_y, dilation_x;
    int pad_top, pad_left;
    int groups;
} edgec_window;

// The taps [first, end) of a window along one axis.
typedef struct edgec_taps {
    int first;
    int end;
} edgec_taps;

// The taps that lie in [0, extent), where tap k lies at start + k * dilation.
EDGEC_INLINE edgec_taps edgec_taps_inside(int start, int dilation, int taps, int extent) {
    int first = start >= 0 ? 0 : (dilation - 1 - start) / dilation;
    int end = start >= extent ? 0 : (extent - start + dilation - 1) / dilation;
    end = end < taps ? end : taps;
    return (edgec_taps){first, end > first ? end : first};
}

EDGEC_INLINE edgec_taps edgec_taps_y(edgec_window g, int oy) {
    return edgec_taps_inside(oy * g.stride_y - g.pad_top, g.dilation_y, g.kernel_height, g.height);
}

EDGEC_INLINE edgec_taps edgec_taps_x(edgec_window g, int ox) {
    return edgec_taps_inside(ox * g.stride_x - g.pad_left, g.dilation_x, g.kernel_width, g.width);
}

// The image that a line of output lies in, and the row of it; one image has no other lines than its rows.
EDGEC_INLINE int edgec_line_image(edgec_window g, int line) {
    return g.batch == 1 ? 0 : line / g.out_height;
}

EDGEC_INLINE int edgec_line_row(edgec_window g, int line) {
    return g.batch == 1 ? line : line % g.out_height;
}

// The first channel of the input pixel under a tap.
EDGEC_INLINE ptrdiff_t edgec_tap_offset(edgec_window g, int n, int oy, int ox, int ky, int kx) {
    ptrdiff_t iy = (ptrdiff_t)oy * g.stride_y + ky * g.dilation_y - g.pad_top;
    ptrdiff_t ix = (ptrdiff_t)ox * g.stride_x + kx * g.dilation_x - g.pad_left;
    return (((ptrdiff_t)n * g.height + iy) * g.width + ix) * g.channels;
}

// The first channel of an output pixel.
EDGEC_INLINE ptrdiff_t edgec_pixel_offset(edgec_window g, int n, int oy, int ox) {
    return (((ptrdiff_t)n * g.out_height + oy) * g.out_width + ox) * g.out_channels;
}

#endif
