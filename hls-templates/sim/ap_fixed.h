// ap_fixed<W, I, Q, O, N> and ap_ufixed: fixed-point numbers of W bits, I of them before the binary point (the sign
// counts as one), for simulation with an ordinary C++14 compiler. See ap_int.h about these headers.
//
// Q says how a value with too many fraction bits is rounded (AP_TRN: down), O what happens to one that is too large
// (AP_WRAP: the high bits are lost), N how many top bits a wrap saturates. detail/modes.h lists the modes.
#pragma once

#include "ap_int.h"
#include "detail/fixed_operators.h"

using ap_sim::ap_fixed_base;

template <int W, int I, ap_q_mode Q = AP_TRN, ap_o_mode O = AP_WRAP, int N = 0>
using ap_fixed = ap_fixed_base<W, I, true, Q, O, N>;
template <int W, int I, ap_q_mode Q = AP_TRN, ap_o_mode O = AP_WRAP, int N = 0>
using ap_ufixed = ap_fixed_base<W, I, false, Q, O, N>;
