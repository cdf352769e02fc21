// What differs between compilers.
#ifndef EDGEC_PLATFORM_H
#define EDGEC_PLATFORM_H

// A kernel is inlined into each step that calls it, so that the step's geometry is constant in its loops.
#if defined(__GNUC__)
#define EDGEC_INLINE static inline __attribute__((always_inline))
#else
#define EDGEC_INLINE static inline
#endif

// Stands before a function that several steps share: copies for each of them would not pay.
#if defined(__clang__)
#define EDGEC_SHARED static __attribute__((noinline))
#elif defined(__GNUC__)
#define EDGEC_SHARED static __attribute__((noinline, noclone))
#else
#define EDGEC_SHARED static
#endif

// Stands before a function whose loop needs all registers there are: compiled by itself it gets them.
#if defined(__clang__)
#define EDGEC_APART static __attribute__((noinline, unused))
#elif defined(__GNUC__)
#define EDGEC_APART static __attribute__((noinline, noclone, unused))
#else
#define EDGEC_APART static
#endif

// Stands before a short loop with a constant bound, which gcc would unroll wholly before it looks for vectors.
#if defined(__GNUC__) && !defined(__clang__)
#define EDGEC_KEEP_LOOP _Pragma("GCC unroll 1")
#else
#define EDGEC_KEEP_LOOP
#endif

#endif
