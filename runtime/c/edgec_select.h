// The indices of the greatest or least elements along the middle axis of [outer, length, inner], in their order.
#ifndef EDGEC_SELECT_H
#define EDGEC_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "edgec_axis.h"
#include "edgec_platform.h"

// Each element goes behind those already found that are as good, if it is among the best `count`: equal ones by index.
#define EDGEC_DEFINE_SELECT(name, element)                                                                           \
    EDGEC_INLINE void name(edgec_axis g, int count, const element *restrict x, bool greatest, int64_t *restrict y) { \
        for (int row = 0; row < g.outer * g.inner; row++) {                                                          \
            const element *source = x + (ptrdiff_t)(row / g.inner) * g.length * g.inner + row % g.inner;             \
            int64_t *target = y + (ptrdiff_t)(row / g.inner) * count * g.inner + row % g.inner;                      \
            int found = 0;                                                                                           \
            for (int i = 0; i < g.length; i++) {                                                                     \
                element value = source[(ptrdiff_t)i * g.inner];                                                      \
                int at = found;                                                                                      \
                for (; at > 0; at--) {                                                                               \
                    int64_t before = target[(ptrdiff_t)(at - 1) * g.inner];                                          \
                    element other = source[(ptrdiff_t)before * g.inner];                                             \
                    if (!(greatest ? value > other : value < other))                                                 \
                        break;                                                                                       \
                    if (at < count)                                                                                  \
                        target[(ptrdiff_t)at * g.inner] = before;                                                    \
                }                                                                                                    \
                if (at < count) {                                                                                    \
                    target[(ptrdiff_t)at * g.inner] = i;                                                             \
                    found = found < count ? found + 1 : count;                                                       \
                }                                                                                                    \
            }                                                                                                        \
        }                                                                                                            \
    }

EDGEC_DEFINE_SELECT(edgec_select_i8, int8_t)
EDGEC_DEFINE_SELECT(edgec_select_i16, int16_t)
EDGEC_DEFINE_SELECT(edgec_select_f32, float)

#endif
