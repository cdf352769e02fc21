// Geometry of work along the middle axis of [outer, length, inner].
#ifndef EDGEC_AXIS_H
#define EDGEC_AXIS_H

// A row is the `length` elements `inner` apart.
typedef struct edgec_axis {
    int outer;
    int length;
    int inner;
} edgec_axis;

#endif
