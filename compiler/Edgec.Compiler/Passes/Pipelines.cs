using Edgec.Ir;

namespace Edgec.Passes;

/// <summary>The pipelines on float graphs. Why a pass stands where it stands is said beside it.</summary>
public static class Pipelines
{
    /// <summary>From a model as it was read to one form for each thing it can say.</summary>
    public static Pipeline Canonical { get; } = Pipeline.Create(
        Level.Imported,
        new EliminateDead(), // a model may carry nodes edgec cannot do for outputs nobody asked for
        new InferShapes(), // everything below asks for types
        new Canonicalize()); // folds as it goes: operators look for constants

    /// <summary>From there to few, large nodes in the layout of the kernels.</summary>
    public static Pipeline Optimize { get; } = Pipeline.Create(
        Level.Canonical,
        new ChannelsLast(), // behind all that matches patterns, which are drawn in the model's layout
        new EliminateTransposes(), // those that channels-last put beside the model's own
        new Canonicalize(), // what moved constants, and moved extents of 1, made simpler
        new EliminateDead());

    /// <summary>Both: from a model as it was read to what is calibrated, quantized and planned.</summary>
    public static Pipeline Prepare { get; } = Canonical.Then(Optimize);
}
