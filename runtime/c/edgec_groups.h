// Geometry of normalization over groups of channels of [outer, length, groups, channels].
#ifndef EDGEC_GROUPS_H
#define EDGEC_GROUPS_H

#include <stddef.h>

#include "edgec_platform.h"

// A row is, for one outer index and one group, `length` runs of `channels` elements. Parameters are [groups, channels].
typedef struct edgec_groups {
    int outer;
    int length;
    int groups;
    int channels;
} edgec_groups;

// Where row 0 <= row < outer * groups starts.
EDGEC_INLINE ptrdiff_t edgec_group_offset(edgec_groups g, int row) {
    return ((ptrdiff_t)(row / g.groups) * g.length * g.groups + row % g.groups) * g.channels;
}

#endif
