// Directives to the synthesis tool, written once for all of them.
//
//   EDGEC_DIALECT_VITIS    Vitis HLS: everything below.
//   EDGEC_DIALECT_BAMBU    bambu: it takes loop pipelining and array directives for errors or ignores them, so only
//                          what it acts on is left.
//   EDGEC_DIALECT_GENERIC  plain C++, for any other tool.
//
// Values reach a directive as literals: a macro is expanded before it becomes text.
#pragma once

#include "config.h"

#define EDGEC_TEXT(directive) _Pragma(#directive)
#define EDGEC_DIRECTIVE(directive) EDGEC_TEXT(directive)

#if defined(EDGEC_DIALECT_VITIS)

#define EDGEC_PIPELINE(interval) EDGEC_DIRECTIVE(HLS pipeline II=interval)
#define EDGEC_UNROLL EDGEC_DIRECTIVE(HLS unroll)
#define EDGEC_TRIPS(most) EDGEC_DIRECTIVE(HLS loop_tripcount min=1 max=most)
#define EDGEC_DATAFLOW EDGEC_DIRECTIVE(HLS dataflow)
#define EDGEC_INLINE EDGEC_DIRECTIVE(HLS inline)
#define EDGEC_INLINE_OFF EDGEC_DIRECTIVE(HLS inline off)
#define EDGEC_PARTITION(array, axis) EDGEC_DIRECTIVE(HLS array_partition variable=array type=complete dim=axis)
#define EDGEC_PARTITION_CYCLIC(array, axis, banks) \
    EDGEC_DIRECTIVE(HLS array_partition variable=array type=cyclic factor=banks dim=axis)
#define EDGEC_RESHAPE(array, axis) EDGEC_DIRECTIVE(HLS array_reshape variable=array type=complete dim=axis)
// A port to write and one to read, which a block gives to words of 72 bits.
#define EDGEC_BLOCK_RAM(array) EDGEC_DIRECTIVE(HLS bind_storage variable=array type=ram_s2p impl=bram)
#define EDGEC_LUTRAM(array) EDGEC_DIRECTIVE(HLS bind_storage variable=array type=ram_2p impl=lutram)
#define EDGEC_STREAM(name, elements) EDGEC_DIRECTIVE(HLS stream variable=name depth=elements)
#define EDGEC_INDEPENDENT(array) EDGEC_DIRECTIVE(HLS dependence variable=array type=inter false)
#define EDGEC_MEMORY_PORT(name, port_bundle) \
    EDGEC_DIRECTIVE(HLS interface mode=m_axi port=name bundle=port_bundle offset=slave depth=EDGEC_MEMORY_WORDS) \
    EDGEC_DIRECTIVE(HLS interface mode=s_axilite port=name)
#define EDGEC_SCALAR_PORT(name) EDGEC_DIRECTIVE(HLS interface mode=s_axilite port=name)

#else

#define EDGEC_PIPELINE(interval)
#define EDGEC_TRIPS(most)
#define EDGEC_PARTITION(array, axis)
#define EDGEC_PARTITION_CYCLIC(array, axis, banks)
#define EDGEC_RESHAPE(array, axis)
#define EDGEC_BLOCK_RAM(array)
#define EDGEC_LUTRAM(array)
#define EDGEC_STREAM(name, elements)
#define EDGEC_INDEPENDENT(array)
#define EDGEC_SCALAR_PORT(name)

#if defined(EDGEC_DIALECT_BAMBU)
#define EDGEC_UNROLL EDGEC_DIRECTIVE(HLS unroll)
#define EDGEC_DATAFLOW
#define EDGEC_INLINE EDGEC_DIRECTIVE(HLS inline)
#define EDGEC_INLINE_OFF EDGEC_DIRECTIVE(HLS inline off)
#define EDGEC_MEMORY_PORT(name, port_bundle) \
    EDGEC_DIRECTIVE(HLS interface port=name mode=m_axi bundle=port_bundle offset=direct)
#else
#define EDGEC_UNROLL
#define EDGEC_DATAFLOW
#define EDGEC_INLINE
#define EDGEC_INLINE_OFF
#define EDGEC_MEMORY_PORT(name, port_bundle)
#endif

#endif
