using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>Input 0 with the element type of input 1; canonical, a <see cref="Cast"/>.</summary>
public sealed record CastLike : Operator
{
    public static readonly OpDef Def = new("cast-like", "CastLike", a =>
    {
        // Concern the 8-bit floats only.
        a.Has("saturate");
        a.Has("round_mode");
        return new CastLike();
    });

    public override string Name => "cast-like";

    public override ImmutableArray<TensorType> Infer(InferContext context) => [new(context.Input(1).Element, context.Shape(0))];

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context) =>
        [context.Add(new Cast(context.Type(1).Element), context.Input(0))];

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) => [context.Input(0).ConvertTo(context.Input(1).Element)];
}
