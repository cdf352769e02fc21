// The accelerator as its callers see it.
#pragma once

#include "edgec/words.hpp"

extern "C" void edgec_top(const edgec::word_t source[EDGEC_MEMORY_WORDS],
                          const edgec::word_t weights[EDGEC_MEMORY_WORDS],
                          edgec::word_t target[EDGEC_MEMORY_WORDS], int first_layer, int last_layer);
