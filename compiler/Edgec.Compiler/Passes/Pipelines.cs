using Edgec.Ir;

namespace Edgec.Passes;

/// <summary>The pipelines. Why a pass stands where it stands is said beside it.</summary>
public static class Pipelines
{
    /// <summary>From a model as it was read to one form for each thing it can say.</summary>
    public static Pipeline Canonical { get; } = Pipeline.Create(
        Level.Imported,
        new EliminateDead(), // a model may carry nodes edgec cannot do for outputs nobody asked for
        new InlineBranches(), // before infer-shapes: types of a branch that is not taken need not fit
        new BoundSelections(), // before infer-shapes: what is selected at run time has no static shape
        new InferShapes(), // everything below asks for types
        new Canonicalize()); // folds as it goes: operators look for constants

    /// <summary>From there to few, large nodes in the layout of the kernels.</summary>
    public static Pipeline Optimize { get; } = Pipeline.Create(
        Level.Canonical,
        new StateIntegers(), // before anything computes with weights that are integers
        new EliminateTransposes(), // so that patterns are not split by moves that cancel
        new RecognizeLayerNorm(), // before fuse-batch-norm takes its constants elsewhere
        new RecognizeGroupNorm(), // likewise, and from what recognize-layer-norm found
        new RecognizeL2Norm(), // likewise
        new RecognizeGelu(), // before fuse-activation and fuse-batch-norm take parts of it
        new RecognizeSilu(), // likewise: hard swish is written with a clip
        new RecognizeMoe(), // behind what finds the functions between experts' layers, before biases and clamps go into products
        new RecognizeDeform(), // before fuse-activation takes clamps into what makes offsets
        new BoundMasks(), // before anything is calibrated
        new FusePad(), // before fuse-input-scale, which minds padding
        new FuseBatchNorm(), // before fuse-activation: behind a clamp nothing can be taken in
        new FuseInputScale(), // what fuse-batch-norm left, having nothing before it
        new FuseActivation(),
        new FuseThresholds(), // takes in what the passes above could not put into weights the model states
        new ReorderPatches(), // anywhere behind what recognizes mixtures of experts
        new FoldShuffle(), // behind all that changes weights, before images have another layout
        new ChannelsLast(), // behind all that matches patterns, which are drawn in the model's layout
        new EliminateTransposes(), // those that channels-last put beside the model's own
        new RecognizeAttention(), // products stand as they will stay, and no factor along the channels has become a convolution
        new ScaleChannels(), // what is left of factors along the channels, which lie last now
        new Canonicalize(), // what moved constants, and moved extents of 1, made simpler
        new EliminateDead());

    /// <summary>Both: from a model as it was read to what is calibrated, quantized and planned.</summary>
    public static Pipeline Prepare { get; } = Canonical.Then(Optimize);

    /// <summary>What is done to a graph that edgec has quantized itself. One that arrives quantized keeps every rounding it states.</summary>
    public static Pipeline Quantized { get; } = Pipeline.Create(
        Level.Quantized,
        new FuseAttention(),
        new ReorderAttention(), // what is fused
        new EliminateDead()); // the parts of what was fused
}
