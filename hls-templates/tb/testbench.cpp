// Runs the accelerator on the test vectors and compares the outputs with the expected ones: all layers in one call, as an
// application does, or with a trace a layer a call.
//
//   testbench [--root DIR] [--inputs FILE] [--trace FILE] [--task T]
//
// DIR holds weights.bin and tb/vectors (default: the working folder). The trace receives the result of every layer, dense,
// one after another, vector by vector. Returns 0 if every output is equal. With --inputs the vectors come from FILE, sample
// after sample with all inputs of a sample in order, dense; then there is nothing to compare with. Of a design that takes a task,
// --task asks for output T alone, and the trace has the layers that it needs; without it the vectors are run for all outputs
// together and for each alone.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "model.h"
#include "top.h"

namespace {

using edgec::kLanes;
using edgec::TensorPlace;
using edgec::word_t;

const int kRunAgain = 8;  // samples of a file that are also run in one call

std::vector<word_t> memory(EDGEC_MEMORY_WORDS);
std::string root = ".";
#if EDGEC_TASKS > 0
int task = -1;

bool is_asked(int layer) { return task < 0 || (edgec::kLayerTasks[layer] >> task & 1u) != 0; }
#endif

/// The bytes of a file of the bundle; simulators of the vendor copy all files into the working folder.
bool read_file(const std::string& name, std::vector<unsigned char>& bytes) {
    std::FILE* file = std::fopen((root + "/" + name).c_str(), "rb");
    if (!file) file = std::fopen(name.substr(name.rfind('/') + 1).c_str(), "rb");
    if (!file) {
        std::fprintf(stderr, "%s cannot be opened\n", name.c_str());
        return false;
    }
    bytes.clear();
    unsigned char block[65536];
    for (std::size_t n; (n = std::fread(block, 1, sizeof block, file)) > 0;) bytes.insert(bytes.end(), block, block + n);
    std::fclose(file);
    return true;
}

/// Dense bytes into padded rows.
bool put(const TensorPlace& place, const std::vector<unsigned char>& bytes) {
    if (bytes.size() != static_cast<std::size_t>(place.rows) * place.row) {
        std::fprintf(stderr, "%s has %zu bytes instead of %d x %d\n", place.name, bytes.size(), place.rows, place.row);
        return false;
    }
    for (int r = 0; r < place.rows; ++r)
        for (int i = 0; i < place.row; ++i)
            edgec::set_lane(memory[place.address + r * place.pitch + i / kLanes], i % kLanes,
                            bytes[static_cast<std::size_t>(r) * place.row + i]);
    return true;
}

std::vector<unsigned char> get(const TensorPlace& place) {
    std::vector<unsigned char> bytes(static_cast<std::size_t>(place.rows) * place.row);
    for (int r = 0; r < place.rows; ++r)
        for (int i = 0; i < place.row; ++i)
            bytes[static_cast<std::size_t>(r) * place.row + i] = static_cast<unsigned char>(
                edgec::lane(memory[place.address + r * place.pitch + i / kLanes], i % kLanes));
    return bytes;
}

std::string vector_file(int vector, const char* kind, int index) {
    return "tb/vectors/vector" + std::to_string(vector) + "_" + kind + std::to_string(index) + ".bin";
}

bool load_weights() {
    std::vector<unsigned char> bytes;
    if (!read_file("weights.bin", bytes) || bytes.size() > (memory.size() - edgec::kImageAddress) * kLanes) return false;
    for (std::size_t i = 0; i < bytes.size(); ++i) edgec::set_lane(memory[edgec::kImageAddress + i / kLanes], i % kLanes, bytes[i]);
    return true;
}

void run_at_once() {
    if (edgec::kLayers > 0) edgec_top(memory.data(), memory.data(), memory.data(), 0, edgec::kLayers - 1 EDGEC_TASK_ARGUMENT);
}

/// Runs all layers again in one call, as an application does; layers are then prepared while others run. The outputs must be the same.
bool run_again() {
    std::vector<std::vector<unsigned char> > outputs(edgec::kOutputCount);
    for (int i = 0; i < edgec::kOutputCount; ++i) {
        outputs[i] = get(edgec::kOutputs[i]);
#if EDGEC_TASKS > 0
        if (task >= 0 && task != i) continue;
#endif
        put(edgec::kOutputs[i], std::vector<unsigned char>(outputs[i].size(), 0x5a));
    }
    run_at_once();
    bool good = true;
    for (int i = 0; i < edgec::kOutputCount; ++i) {
        if (get(edgec::kOutputs[i]) == outputs[i]) continue;
        std::printf("%s differs when all layers run in one call\n", edgec::kOutputs[i].name);
        good = false;
    }
    return good;
}

/// All layers on the inputs in memory; where there is a trace, one by one, and their results go there.
bool run(std::FILE* trace) {
    bool good = true;
    if (!trace) {
        run_at_once();
        return good;
    }
    for (int layer = 0; layer < edgec::kLayers; ++layer) {
        edgec_top(memory.data(), memory.data(), memory.data(), layer, layer EDGEC_TASK_ARGUMENT);
#if EDGEC_TASKS > 0
        if (!is_asked(layer)) continue;
#endif
        const std::vector<unsigned char> bytes = get(edgec::kResults[layer]);
        if (std::fwrite(bytes.data(), 1, bytes.size(), trace) != bytes.size()) good = false;
    }
    return good;
}

/// Every sample of a file; returns false if it is no whole number of samples.
bool run_file(const char* name, std::FILE* trace) {
    std::FILE* file = std::fopen(name, "rb");
    if (!file) {
        std::fprintf(stderr, "%s cannot be opened\n", name);
        return false;
    }
    bool good = true;
    for (int samples = 0;; ++samples) {
        for (int i = 0; i < edgec::kInputCount; ++i) {
            const TensorPlace& place = edgec::kInputs[i];
            std::vector<unsigned char> bytes(static_cast<std::size_t>(place.rows) * place.row);
            const std::size_t count = std::fread(bytes.data(), 1, bytes.size(), file);
            if (count == bytes.size()) {
                good = put(place, bytes) && good;
                continue;
            }
            std::fclose(file);
            std::printf("%d samples, %d layers\n", samples, edgec::kLayers);
            return good && i == 0 && count == 0;
        }
        good = run(trace) && good;
        if (trace && samples < kRunAgain) good = run_again() && good;
    }
}

bool equal(const TensorPlace& place, const std::vector<unsigned char>& expected, int vector) {
    const std::vector<unsigned char> actual = get(place);
    for (std::size_t i = 0; i < actual.size(); ++i) {
        if (i < expected.size() && actual[i] == expected[i]) continue;
        std::printf("vector %d: %s differs at element %zu: %d, expected %d\n", vector, place.name, i,
                    static_cast<signed char>(actual[i]), i < expected.size() ? static_cast<signed char>(expected[i]) : 0);
        return false;
    }
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace edgec;
    std::FILE* trace = nullptr;
    const char* inputs = nullptr;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (std::strcmp(argv[i], "--root") == 0) {
            root = argv[i + 1];
        } else if (std::strcmp(argv[i], "--inputs") == 0) {
            inputs = argv[i + 1];
#if EDGEC_TASKS > 0
        } else if (std::strcmp(argv[i], "--task") == 0) {
            task = std::atoi(argv[i + 1]);
#endif
        } else if (std::strcmp(argv[i], "--trace") == 0) {
            trace = std::fopen(argv[i + 1], "wb");
            if (!trace) {
                std::fprintf(stderr, "%s cannot be written\n", argv[i + 1]);
                return 1;
            }
        }
    }
    if (!load_weights()) return 1;
    if (inputs) {
        const bool ran = run_file(inputs, trace);
        return (!trace || std::fclose(trace) == 0) && ran ? 0 : 1;
    }

    bool good = true;
    std::vector<unsigned char> bytes;
    for (int vector = 0; vector < kVectors; ++vector) {
        for (int i = 0; i < kInputCount; ++i)
            if (!read_file(vector_file(vector, "input", i), bytes) || !put(kInputs[i], bytes)) return 1;
        good = run(trace) && good;
        if (trace) good = run_again() && good;
#if EDGEC_TASKS > 0
        const int only = task;
        for (int i = 0; i < kOutputCount; ++i)
            if (task < 0 || task == i)
                good = read_file(vector_file(vector, "output", i), bytes) && equal(kOutputs[i], bytes, vector) && good;
        for (int i = 0; i < kOutputCount && only < 0 && !trace; ++i) {
            task = i;
            good = read_file(vector_file(vector, "output", i), bytes) && put(kOutputs[i], std::vector<unsigned char>(bytes.size(), 0x5a)) &&
                   run(trace) && equal(kOutputs[i], bytes, vector) && good;
        }
        task = only;
#else
        for (int i = 0; i < kOutputCount; ++i)
            good = read_file(vector_file(vector, "output", i), bytes) && equal(kOutputs[i], bytes, vector) && good;
#endif
    }
    if (trace && std::fclose(trace) != 0) good = false;
    std::printf(good ? "PASS: %d vectors, %d layers\n" : "FAIL: %d vectors, %d layers\n", kVectors, kLayers);
    return good ? 0 : 1;
}
