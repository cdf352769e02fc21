// The names of the fixed-point modes, as users write them; quantize.h does what they say.
#pragma once

/// What becomes of discarded fraction bits.
enum ap_q_mode {
    AP_RND,          // to nearest, ties toward plus infinity
    AP_RND_ZERO,     // to nearest, ties toward zero
    AP_RND_MIN_INF,  // to nearest, ties toward minus infinity
    AP_RND_INF,      // to nearest, ties away from zero
    AP_RND_CONV,     // to nearest, ties to even
    AP_TRN,          // toward minus infinity: the bits are dropped
    AP_TRN_ZERO      // toward zero
};

/// What becomes of a value that the integer bits cannot hold.
enum ap_o_mode {
    AP_SAT,       // the nearest value there is
    AP_SAT_ZERO,  // zero
    AP_SAT_SYM,   // as AP_SAT, with -max for the smallest (even where -max - 1 would fit)
    AP_WRAP,      // the high bits are dropped; with N > 0 the top N bits saturate and the others wrap
    AP_WRAP_SM    // wraps as a sign and a magnitude would
};
