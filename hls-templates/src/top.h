// The accelerator as its callers see it.
#pragma once

#include "edgec/words.hpp"

#if EDGEC_TASKS > 0
/// The output that is computed, or -1 for all: the layers that it does not need are left out.
#define EDGEC_TASK_PARAMETER , int task
#define EDGEC_TASK_ARGUMENT , task
#else
#define EDGEC_TASK_PARAMETER
#define EDGEC_TASK_ARGUMENT
#endif

extern "C" void edgec_top(const edgec::word_t source[EDGEC_MEMORY_WORDS],
                          const edgec::word_t weights[EDGEC_MEMORY_WORDS],
                          edgec::word_t target[EDGEC_MEMORY_WORDS], int first_layer, int last_layer EDGEC_TASK_PARAMETER);
