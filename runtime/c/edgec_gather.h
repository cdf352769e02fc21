// Elements moved from or to places that indices name.
#ifndef EDGEC_GATHER_H
#define EDGEC_GATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "edgec_arithmetic.h"
#include "edgec_platform.h"

// The data is [outer, extents..., inner], what is gathered from it or scattered into it [outer, count, inner]. A tuple
// of indices takes the place of the extents: one for all outer indices or for each, for all inner ones or for each.
typedef struct edgec_gather {
    int outer;
    int count;
    int inner;
    int depth;
    int extents[8];
    bool outer_indexed;
    bool inner_indexed;
} edgec_gather;

#define EDGEC_DEFINE_GATHER(suffix, index)                                                                           \
    /* The place in [outer, extents...] of element `n` of a row. */                                                  \
    EDGEC_INLINE ptrdiff_t edgec_place_##suffix(edgec_gather g, const index *restrict indices, int row, int n) {     \
        ptrdiff_t tuple = g.outer_indexed ? row : row % g.count, place = row / g.count;                              \
        if (g.inner_indexed)                                                                                         \
            tuple = tuple * g.inner + n;                                                                             \
        for (int k = 0; k < g.depth; k++)                                                                            \
            place = place * g.extents[k] + edgec_position(indices[tuple * g.depth + k], g.extents[k]);               \
        return place;                                                                                                \
    }                                                                                                                \
                                                                                                                     \
    EDGEC_INLINE void edgec_gather_##suffix(                                                                         \
            edgec_gather g, size_t size, const void *restrict x, const index *restrict indices, void *restrict y) {  \
        const char *source = (const char *)x;                                                                        \
        char *target = (char *)y;                                                                                    \
        int runs = g.inner_indexed ? g.inner : 1;                                                                    \
        size_t bytes = size * (size_t)(g.inner_indexed ? 1 : g.inner);                                               \
        for (int row = 0; row < g.outer * g.count; row++)                                                            \
            for (int n = 0; n < runs; n++) {                                                                         \
                ptrdiff_t from = edgec_place_##suffix(g, indices, row, n) * g.inner + n;                             \
                ptrdiff_t to = (ptrdiff_t)row * g.inner + n;                                                         \
                memcpy(target + to * (ptrdiff_t)size, source + from * (ptrdiff_t)size, bytes);                       \
            }                                                                                                        \
    }                                                                                                                \
                                                                                                                     \
    /* Of two updates at one place the later stays. */                                                               \
    EDGEC_INLINE void edgec_scatter_##suffix(                                                                        \
            edgec_gather g, size_t size, size_t total, const void *restrict x, const index *restrict indices,        \
            const void *restrict updates, void *restrict y) {                                                        \
        const char *source = (const char *)updates;                                                                  \
        char *target = (char *)y;                                                                                    \
        int runs = g.inner_indexed ? g.inner : 1;                                                                    \
        size_t bytes = size * (size_t)(g.inner_indexed ? 1 : g.inner);                                               \
        memcpy(y, x, size * total);                                                                                  \
        for (int row = 0; row < g.outer * g.count; row++)                                                            \
            for (int n = 0; n < runs; n++) {                                                                         \
                ptrdiff_t to = edgec_place_##suffix(g, indices, row, n) * g.inner + n;                               \
                ptrdiff_t from = (ptrdiff_t)row * g.inner + n;                                                       \
                memcpy(target + to * (ptrdiff_t)size, source + from * (ptrdiff_t)size, bytes);                       \
            }                                                                                                        \
    }

EDGEC_DEFINE_GATHER(i32, int32_t)
EDGEC_DEFINE_GATHER(i64, int64_t)

#endif
