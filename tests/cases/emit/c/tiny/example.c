// tiny: how an application runs the model.
#include <stdio.h>

#include "model.h"

int main(void) {
    // An application fills the inputs; static memory starts as zeros. The arena may also come from the heap, or be shared
    // with other work between runs.
    static _Alignas(TINY_ARENA_ALIGNMENT) unsigned char arena[TINY_ARENA_BYTES];
    static float input_image_real[TINY_INPUT_IMAGE_COUNT];
    static int8_t input_image[TINY_INPUT_IMAGE_COUNT];
    static int8_t output_scores[TINY_OUTPUT_SCORES_COUNT];
    static float output_scores_real[TINY_OUTPUT_SCORES_COUNT];
    static float output_shares[TINY_OUTPUT_SHARES_COUNT];
    tiny_quantize_image(input_image_real, input_image);
    if (tiny_run(input_image, output_scores, output_shares, arena) != 0) {
        return 1;
    }
    tiny_dequantize_scores(output_scores, output_scores_real);
    printf("scores[0] = %g\n", (double)output_scores_real[0]);
    printf("shares[0] = %g\n", (double)output_shares[0]);
    return 0;
}
