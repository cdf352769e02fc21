using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>Reduces all spatial axes of [N, C, …], or of [N, …, C]; canonical, a <see cref="Reduce"/>.</summary>
public sealed record GlobalPool(ReduceFunction Function, bool ChannelsLast = false) : Operator
{
    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        new("global-average-pool", "GlobalAveragePool", a => new GlobalPool(ReduceFunction.Mean, a.Flag("channels_last"))),
        new("global-max-pool", "GlobalMaxPool", a => new GlobalPool(ReduceFunction.Maximum, a.Flag("channels_last"))),
    ];

    public override string Name => Function == ReduceFunction.Mean ? "global-average-pool" : "global-max-pool";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => ChannelsLast ? [("channels_last", true)] : [];

    public override ImmutableArray<TensorType> Infer(InferContext context) => Spatial(context.Shape(0)).Infer(context);

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context) =>
        [context.Add(Spatial(context.Shape(0)), context.Input(0))];

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) => Spatial(context.Input(0).Shape).Evaluate(context);

    private Reduce Spatial(Shape x) => x.Rank > 2
        ? new(Function, [.. Enumerable.Range(ChannelsLast ? 1 : 2, x.Rank - 2)], true)
        : throw OperatorException.Invalid($"{Name} needs an input [N,C,…], not {x}.");
}
