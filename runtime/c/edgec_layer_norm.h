// What normalizing groups of channels by their deviation needs, in integers only.
#ifndef EDGEC_LAYER_NORM_H
#define EDGEC_LAYER_NORM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct edgec_layer_norm {
    bool centered;       // around the mean; else around input_zero
    int32_t input_zero;
    int32_t guard;       // fraction bits of the square of the deviation, an even number
    int64_t epsilon;     // added to it
    const int16_t *gains;   // with `fraction` fraction bits
    const int32_t *biases;  // with 8
    int32_t fraction;
    int32_t zero;
    int32_t lo;
    int32_t hi;
} edgec_layer_norm;

#endif
