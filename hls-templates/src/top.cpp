// The accelerator: runs layers one command after another, each on its engine.
#include "edgec/attention_engine.hpp"
#include "edgec/convolution_engine.hpp"
#include "edgec/element_engine.hpp"
#include "edgec/index_engine.hpp"
#include "edgec/map_engine.hpp"
#include "edgec/mover.hpp"
#include "edgec/norm_engine.hpp"
#include "edgec/resample_engine.hpp"
#include "edgec/row_engine.hpp"
#include "edgec/select_engine.hpp"
#include "edgec/stages.hpp"
#include "layers.h"
#include "top.h"

namespace {

using namespace edgec;

/// Which commands a call runs.
struct Call {
    int end;         // index after the last
    bool one_layer;  // and no other
    unsigned asked;  // outputs, a bit each
};

/// A command is run at its place. One of an expert's queue is only if rows have chosen it.
bool is_run(int i, const Call& call, const Queues& queues) {
    EDGEC_INLINE
    const Command command = kCommands[i];
#if EDGEC_TASKS > 0
    if ((kCommandTasks[i] & call.asked) == 0) return false;
#endif
    if (command.alone && !call.one_layer) return false;
    if (!kHasExperts || command.engine != kConvolutionEngine) return true;
    const int expert = kConvolutions[command.index].expert;
    return expert < 0 || queues.first[expert] < queues.first[expert + 1];
}

/// The next command of the convolution engine, if what is known now says which that is; else the end. The rows of a queue that is still to be
/// filled are not.
int next_convolution(int after, const Call& call, const Queues& queues) {
    EDGEC_INLINE_OFF
    int found = call.end;
    bool open = true;
following:
    for (int i = after + 1; i < call.end && open; ++i) {
        EDGEC_TRIPS(EDGEC_COMMANDS)
        if (!is_run(i, call, queues)) continue;
        const int engine = kCommands[i].engine;
        if (engine == kConvolutionEngine) found = i;
        open = engine != kConvolutionEngine && !(kHasExperts && engine == kQueueEngine);
    }
    return found;
}

EngineCommands commands_of(const Command& command) {
    EDGEC_INLINE
    const EngineCommands commands = {kConvolutions[command.index], kConvolutions[command.last], command.last != command.index};
    return commands;
}

/// What has come in while the command before was computed.
struct Ahead {
    int command;  // whose weights and parameters; -1 for none
    bool upper;   // they are at the end of their memories
};

void run_engine(int i, const Call& call, Ahead& ahead, const Queues& queues, const word_t* input, const word_t* weights, word_t* output) {
    EDGEC_INLINE_OFF
    const EngineCommands own = commands_of(kCommands[i]);
    const int following = kPrefetch ? next_convolution(i, call, queues) : call.end;
    const bool known = following < call.end;
    const EngineCommands next = commands_of(kCommands[known ? following : i]);
    const bool loaded = ahead.command == i;
    const bool fetches = known && next.array.right_side == kConstantRight && fit_together(own, next);
    const Turn turn = {loaded && ahead.upper, loaded, fetches};
    if (kStaged)
        run_stages(own, next, turn, queues, input, weights, output);
    else
        run_convolution(own, next, turn, queues, input, weights, output);
    ahead.command = fetches ? following : -1;
    ahead.upper = !turn.upper;
}

}  // namespace

/// All three ports reach the same memory. A command never reads what it writes; so layers may be run one call each (as
/// the test bench does, to look at every result) or all in one. Layers whose results go to another as a stream run within it; called
/// alone they write them to memory.
extern "C" void edgec_top(const edgec::word_t source[EDGEC_MEMORY_WORDS],
                          const edgec::word_t weights[EDGEC_MEMORY_WORDS],
                          edgec::word_t target[EDGEC_MEMORY_WORDS], int first_layer, int last_layer EDGEC_TASK_PARAMETER) {
    EDGEC_MEMORY_PORT(source, gmem0)
    EDGEC_MEMORY_PORT(weights, gmem1)
    EDGEC_MEMORY_PORT(target, gmem2)
    EDGEC_SCALAR_PORT(first_layer)
    EDGEC_SCALAR_PORT(last_layer)
#if EDGEC_TASKS > 0
    EDGEC_SCALAR_PORT(task)
#endif
    EDGEC_SCALAR_PORT(return)
    static Queues queues;
    Call call = {kFirstCommand[last_layer + 1], first_layer == last_layer, 0xffffffffu};
#if EDGEC_TASKS > 0
    if (task >= 0) call.asked = 1u << task;
#endif
    Ahead ahead = {-1, false};
commands:
    for (int i = kFirstCommand[first_layer]; i < call.end; ++i) {
        EDGEC_TRIPS(EDGEC_COMMANDS)
        if (!is_run(i, call, queues)) continue;
        const Command command = kCommands[i];
        if (kHasConvolutions && command.engine == kConvolutionEngine)
            run_engine(i, call, ahead, queues, source, weights, target);
        else if (kHasMaps && command.engine == kMapEngine)
            run_map(kMaps[command.index], source, weights, target);
        else if (kHasRows && command.engine == kRowEngine)
            run_rows(kRows[command.index], source, weights, target);
        else if (kHasMoves && command.engine == kMover)
            run_mover(kMoves[command.index], source, weights, target);
        else if (kHasExperts && command.engine == kQueueEngine)
            run_queues(kQueues[command.index], source, queues);
        else if (kHasResamplings && command.engine == kResampleEngine)
            run_resample(kResamplings[command.index], source, weights, target);
        else if (kHasNorms && command.engine == kNormEngine)
            run_norm(kNorms[command.index], source, weights, target);
        else if (kHasAttention && command.engine == kAttentionEngine)
            run_attention(kAttentions[command.index], source, weights, target);
        else if (kHasSelections && command.engine == kSelectEngine)
            run_select(kSelections[command.index], source, target);
        else if (kHasGathers && command.engine == kGatherEngine)
            run_gather(kGathers[command.index], source, weights, target);
        else if (kHasScatters && command.engine == kScatterEngine)
            run_scatter(kScatters[command.index], source, weights, target);
        else if (kHasElements && command.engine == kElementEngine)
            run_elements(kElements[command.index], source, weights, target);
    }
}
