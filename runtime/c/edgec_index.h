// The index of the greatest or least element along the middle axis of [outer, length, inner].
#ifndef EDGEC_INDEX_H
#define EDGEC_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "edgec_axis.h"
#include "edgec_platform.h"

// Of equal elements the first, or the last.
#define EDGEC_DEFINE_INDEX(name, element)                                                                        \
    EDGEC_INLINE void name(edgec_axis g, const element *restrict x, bool greatest, bool last, int64_t *restrict y) { \
        for (int row = 0; row < g.outer * g.inner; row++) {                                                      \
            const element *source = x + (ptrdiff_t)(row / g.inner) * g.length * g.inner + row % g.inner;         \
            int best = 0;                                                                                        \
            for (int i = 1; i < g.length; i++) {                                                                 \
                element value = source[(ptrdiff_t)i * g.inner], sofar = source[(ptrdiff_t)best * g.inner];       \
                bool better = greatest ? value > sofar : value < sofar;                                          \
                bool worse = greatest ? value < sofar : value > sofar;                                           \
                if (better || (last && !worse))                                                                  \
                    best = i;                                                                                    \
            }                                                                                                    \
            y[row] = best;                                                                                       \
        }                                                                                                        \
    }

EDGEC_DEFINE_INDEX(edgec_index_i8, int8_t)
EDGEC_DEFINE_INDEX(edgec_index_f32, float)

#endif
