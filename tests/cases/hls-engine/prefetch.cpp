// Which command is loaded while each is computed, with rows in the queues of experts 1 and 4 of 6 only; the number of commands where none is.
#include "top.cpp"

#include <cstdio>

int main() {
    static Queues queues = {};
    const int first[7] = {0, 0, 2, 2, 2, 5, 5};
    for (int e = 0; e < 7; ++e) queues.first[e] = first[e];
    const Call call = {EDGEC_COMMANDS, false, 0xffffffffu};
    for (int i = 0; i < EDGEC_COMMANDS; ++i)
        if (is_run(i, call, queues)) std::printf("%d>%d ", i, next_convolution(i, call, queues));
    return 0;
}
