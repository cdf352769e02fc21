using Edgec.Ir;

namespace Edgec.Passes;

/// <summary>The pipelines on float graphs. Why a pass stands where it stands is said beside it.</summary>
public static class Pipelines
{
    /// <summary>From a model as it was read to the form every later phase takes.</summary>
    public static Pipeline Canonical { get; } = Pipeline.Create(
        Level.Imported,
        new EliminateDead(), // a model may carry nodes edgec cannot do for outputs nobody asked for
        new InferShapes(), // everything below asks for types
        new Canonicalize(), // folds as it goes: operators look for constants
        new EliminateDead());
}
