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
    using namespace edgec;
    static Queues queues;
#if EDGEC_TASKS > 0
    const unsigned asked = task < 0 ? 0xffffffffu : 1u << task;  // a bit for each output
#endif
commands:
    for (int i = kFirstCommand[first_layer]; i < kFirstCommand[last_layer + 1]; ++i) {
        EDGEC_TRIPS(EDGEC_COMMANDS)
        const Command command = kCommands[i];
#if EDGEC_TASKS > 0
        if ((kCommandTasks[i] & asked) == 0) continue;
#endif
        const bool wanted = !command.alone || first_layer == last_layer;
        if (kHasConvolutions && kStaged && wanted && command.engine == kConvolutionEngine)
            run_stages(kConvolutions[command.index], kConvolutions[command.last], command.last != command.index, queues, source, weights, target);
        else if (kHasConvolutions && !kStaged && command.engine == kConvolutionEngine)
            run_convolution(kConvolutions[command.index], queues, source, weights, target);
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
