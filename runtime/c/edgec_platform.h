// What differs between compilers.
#ifndef EDGEC_PLATFORM_H
#define EDGEC_PLATFORM_H

// A kernel is inlined into each step that calls it, so that the step's geometry is constant in its loops.
#if defined(__GNUC__)
#define EDGEC_INLINE static inline __attribute__((always_inline))
#else
#define EDGEC_INLINE static inline
#endif

#endif
