// ap_int<W> and ap_uint<W>: signed and unsigned integers of W bits for simulation with an ordinary C++14 compiler.
//
// The headers of this folder stand in for the vendor's ap_int.h, ap_fixed.h, hls_stream.h and hls_vector.h where those
// are not installed. They follow the published behaviour of those types to the bit: widths of results, rounding,
// overflow. They are made for fast simulation, not for synthesis, and know nothing of pragmas.
//
// Where the vendor leaves things open, these headers choose: a value starts as zero; an index outside the word and a
// division by zero end the program with a message; a shift by more than the width leaves zero or the sign.
#pragma once

#include "detail/int_text.h"

using ap_sim::ap_int_base;

template <int W>
using ap_int = ap_int_base<W, true>;
template <int W>
using ap_uint = ap_int_base<W, false>;
