// tiny: weights.bin as tiny_weights_image, put in place by the assembler. For ELF and Mach-O.
#ifdef __APPLE__
#define IMAGE _tiny_weights_image
    .const
#else
#define IMAGE tiny_weights_image
    .section .rodata
    .type IMAGE, %object
    .size IMAGE, 1728
#endif
    .globl IMAGE
    .p2align 6
IMAGE:
    .incbin "weights.bin"
    .zero 24
#ifndef __APPLE__
    .section .note.GNU-stack, "", %progbits
#endif
