// tiny: runs the model on stored inputs and compares with what the reference computed.
//
//   check                              vectors/input.bin against vectors/output.bin
//   check --inputs FILE --trace FILE   writes the result of every step, for each sample in the first file; the second is no pipe
//   check --time N                     milliseconds of N runs
//
// A file of inputs holds sample after sample, each all inputs in order, dense. Exit codes: 0 done and equal, 1 not equal
// or a file is wrong, 2 wrong use. Build model.c with EDGEC_TRACE for this program.
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model.h"

// How far a float output may lie from the reference, relative to the output's largest element: the compiler may fuse
// multiply and add, and mathematical functions differ in the last place. Integers must be equal.
#define FLOAT_BOUND 1e-4f

typedef struct port {
    const char *name;
    void *data;
    void *expected;  // outputs only
    size_t bytes;
    bool is_float;
} port;

enum { INPUTS = 1, OUTPUTS = 2 };

static _Alignas(64) unsigned char arena[TINY_ARENA_BYTES];
static int8_t input_image[TINY_INPUT_IMAGE_COUNT];
static int8_t output_scores[TINY_OUTPUT_SCORES_COUNT];
static int8_t output_scores_expected[TINY_OUTPUT_SCORES_COUNT];
static float output_shares[TINY_OUTPUT_SHARES_COUNT];
static float output_shares_expected[TINY_OUTPUT_SHARES_COUNT];

static const port inputs[INPUTS] = {
    {"image", input_image, NULL, sizeof input_image, false},
};

static const port outputs[OUTPUTS] = {
    {"scores", output_scores, output_scores_expected, sizeof output_scores, false},
    {"shares", output_shares, output_shares_expected, sizeof output_shares, true},
};

static FILE *trace_file;

// Bytes of every step's result and where in the trace what it shows next belongs.
static struct {
    const size_t bytes;
    long place;
} traced[] = {
    {128, 0},
    {128, 0},
    {128, 0},
    {128, 0},
    {5, 0},
    {20, 0},
    {20, 0},
};

static void begin_trace(void) {
    long place = ftell(trace_file);
    if (place < 0) {
        fprintf(stderr, "check: a trace cannot be written to a pipe\n");
        exit(1);
    }

    for (size_t i = 0; i < sizeof traced / sizeof *traced; i++) {
        traced[i].place = place;
        place += (long)traced[i].bytes;
    }
}

static void run(void) {
    if (trace_file) begin_trace();
    if (tiny_run(input_image, output_scores, output_shares, arena) != 0) {
        fprintf(stderr, "check: the model refused to run\n");
        exit(1);
    }
}

void edgec_trace(int step, const void *data, size_t bytes);

// Called by the model after every step, or after every band of it: bands of several steps come in turn.
void edgec_trace(int step, const void *data, size_t bytes) {
    if (!trace_file)
        return;
    bool written = fseek(trace_file, traced[step].place, SEEK_SET) == 0 && fwrite(data, 1, bytes, trace_file) == bytes;
    traced[step].place += (long)bytes;
    if (!written) {
        fprintf(stderr, "check: the trace of step %d cannot be written\n", step);
        exit(1);
    }
}

static FILE *open_file(const char *path, const char *mode) {
    FILE *file = fopen(path, mode);
    if (!file) {
        perror(path);
        exit(1);
    }

    return file;
}

// The next sample of all ports, or false at the end of the file.
static bool read_sample(FILE *file, const port *ports, int count, bool expected) {
    for (int i = 0; i < count; i++) {
        size_t got = fread(expected ? ports[i].expected : ports[i].data, 1, ports[i].bytes, file);
        if (got == ports[i].bytes)
            continue;
        if (got == 0 && i == 0)
            return false;
        fprintf(stderr, "check: the file ends within a sample\n");
        exit(1);
    }

    return true;
}

static bool equal_floats(const float *actual, const float *expected, size_t count) {
    float most = 0.0f;
    for (size_t i = 0; i < count; i++)
        most = fabsf(expected[i]) > most ? fabsf(expected[i]) : most;
    for (size_t i = 0; i < count; i++) {
        bool both_nan = isnan(actual[i]) && isnan(expected[i]);
        bool same = actual[i] >= expected[i] && actual[i] <= expected[i];
        if (!both_nan && !same && !(fabsf(actual[i] - expected[i]) <= FLOAT_BOUND * most + 1e-7f))
            return false;
    }

    return true;
}

// Whether an output is as expected; says so if not.
static bool is_equal(const port *o, int sample) {
    bool equal = o->is_float ? equal_floats(o->data, o->expected, o->bytes / sizeof(float))
                             : memcmp(o->data, o->expected, o->bytes) == 0;
    if (!equal)
        printf("sample %d: output %s differs\n", sample, o->name);
    return equal;
}

static int compare(void) {
    FILE *input_file = open_file("vectors/input.bin", "rb"), *output_file = open_file("vectors/output.bin", "rb");
    int samples = 0, failures = 0;
    while (read_sample(input_file, inputs, INPUTS, false)) {
        if (!read_sample(output_file, outputs, OUTPUTS, true)) {
            fprintf(stderr, "check: vectors/output.bin has fewer samples than vectors/input.bin\n");
            exit(1);
        }

        run();
        for (int i = 0; i < OUTPUTS; i++)
            failures += !is_equal(&outputs[i], samples);
        samples++;
    }

    fclose(input_file);
    fclose(output_file);
    bool passed = failures == 0 && samples > 0;
    printf("%s: %d samples\n", passed ? "PASS" : "FAIL", samples);
    return passed ? 0 : 1;
}

static int trace(const char *input_path, const char *trace_path) {
    FILE *input_file = open_file(input_path, "rb");
    trace_file = open_file(trace_path, "wb");
    while (read_sample(input_file, inputs, INPUTS, false)) {
        run();
        if (fseek(trace_file, 0, SEEK_END) != 0) {
            perror(trace_path);
            return 1;
        }
    }

    fclose(input_file);
    if (fclose(trace_file) != 0) {
        perror(trace_path);
        return 1;
    }

    return 0;
}

static int compare_times(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int measure(long runs) {
    FILE *input_file = fopen("vectors/input.bin", "rb");  // without it the model runs on zeros
    if (input_file) {
        read_sample(input_file, inputs, INPUTS, false);
        fclose(input_file);
    }

    double *times = malloc((size_t)runs * sizeof *times);
    if (!times)
        return 1;
    run();
    for (long i = 0; i < runs; i++) {
        struct timespec before, after;
        timespec_get(&before, TIME_UTC);
        run();
        timespec_get(&after, TIME_UTC);
        times[i] = (double)(after.tv_sec - before.tv_sec) * 1e3 + (double)(after.tv_nsec - before.tv_nsec) * 1e-6;
    }

    qsort(times, (size_t)runs, sizeof *times, compare_times);
    printf("median %.4f ms, fastest %.4f ms, %ld runs\n", times[runs / 2], times[0], runs);
    free(times);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 1)
        return compare();
    if (argc == 5 && strcmp(argv[1], "--inputs") == 0 && strcmp(argv[3], "--trace") == 0)
        return trace(argv[2], argv[4]);
    if (argc == 3 && strcmp(argv[1], "--time") == 0 && strtol(argv[2], NULL, 10) > 0)
        return measure(strtol(argv[2], NULL, 10));
    fprintf(stderr, "usage: check [--inputs FILE --trace FILE | --time N]\n");
    return 2;
}
