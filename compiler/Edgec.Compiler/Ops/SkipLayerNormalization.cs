using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// A residual sum and its normalization in one, as ONNX Runtime's optimizer writes them: inputs x, skip, scale, then
/// (not simplified) shift, then an optional bias of the sum; outputs the normalised sum and, as the fourth, the sum itself.
/// </summary>
/// <param name="Simplified">Normalised by the mean square alone.</param>
public sealed record SkipLayerNormalization(float Epsilon, bool Simplified) : Operator
{
    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        new("skip-layer-normalization", "SkipLayerNormalization", a => new SkipLayerNormalization(a.Float("epsilon", 1e-12f), false)) { Domain = "com.microsoft" },
        new("skip-simplified-layer-normalization", "SkipSimplifiedLayerNormalization", a => new SkipLayerNormalization(a.Float("epsilon", 1e-12f), true)) { Domain = "com.microsoft" },
    ];

    private static readonly Binary Add = new(BinaryFunction.Add, Activation.None);

    public override string Name => Simplified ? "skip-simplified-layer-normalization" : "skip-layer-normalization";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Epsilon == 1e-12f ? [] : [("epsilon", Epsilon)];

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        if (Extents.Broadcast(x.Shape, context.Shape(1)) != x.Shape)
            throw OperatorException.Invalid($"{Name} adds {context.Shape(1)} to {x.Shape}, which does not broadcast.");
        var statistics = TensorType.F32(x.Shape.With(x.Shape.Rank - 1, 1));
        TensorType[] all = [new(x.Element, x.Shape), statistics, statistics, new(x.Element, x.Shape)];
        return [.. all.Take(context.Outputs)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        string sum = context.Add(Add, context.Input(0), context.Input(1));
        if (context.Has(BiasInput))
            sum = context.Add(Add, sum, context.Input(BiasInput));
        bool shifts = !Simplified && context.Has(3);
        string y = context.Add(Norm, shifts ? [sum, context.Input(2), context.Input(3)] : [sum, context.Input(2)]);
        string[] all = [y, "", "", sum];
        return [.. all.Take(context.Outputs)];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor sum = Add.Evaluate(new([context.Input(0), context.Input(1)], 1))[0];
        if (context.Optional(BiasInput) is { } bias)
            sum = Add.Evaluate(new([sum, bias], 1))[0];
        Tensor[] statistics = [.. new LayerNormalization(-1, Epsilon).Evaluate(new([sum, context.Input(2)], 3))];
        Tensor y = Norm.Evaluate(new([sum, context.Input(2), Simplified ? null : context.Optional(3)], 1))[0];
        Tensor[] all = [y, statistics[1], statistics[2], sum];
        return [.. all.Take(context.Outputs)];
    }

    private int BiasInput => Simplified ? 3 : 4;

    private Operator Norm => Simplified ? new RmsNormalization(-1, Epsilon) : new LayerNormalization(-1, Epsilon);
}
