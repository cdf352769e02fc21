// Names the shape in a picture: app FILE, 3 x 32 x 32 bytes as the network takes them, channel after channel.
#include <stdio.h>

#include "model.h"

int main(int argc, char **argv) {
    static const char *const names[] = {"disc", "ring", "square", "frame", "triangle", "cross", "plus", "star", "crescent", "stripes"};
    static _Alignas(SHAPES_RESNET8_ARENA_ALIGNMENT) unsigned char arena[SHAPES_RESNET8_ARENA_BYTES];
    int8_t image[SHAPES_RESNET8_INPUT_IMAGE_COUNT], logits[SHAPES_RESNET8_OUTPUT_LOGITS_COUNT];

    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!file || fread(image, 1, sizeof image, file) != sizeof image) {
        fprintf(stderr, "usage: app FILE\n");
        return 1;
    }

    fclose(file);
    if (shapes_resnet8_run(image, logits, arena) != 0)
        return 1;
    int best = 0;
    for (int i = 1; i < SHAPES_RESNET8_OUTPUT_LOGITS_COUNT; i++)
        best = logits[i] > logits[best] ? i : best;
    printf("%s\n", names[best]);
    return 0;
}
