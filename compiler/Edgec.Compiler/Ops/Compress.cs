using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>The indices of an axis, or of the flat input, at which a condition (input 1) holds; canonical, a <see cref="Gather"/>.</summary>
/// <param name="Axis">Null for the flat input.</param>
public sealed record Compress(int? Axis) : Operator
{
    public static readonly OpDef Def = new("compress", "Compress", a => new Compress(a.Has("axis") ? a.Int("axis") : null));

    public override string Name => "compress";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Axis is { } axis ? [("axis", axis)] : [];

    public override QuantizationRule Quantization => QuantizationRule.Shared;

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        Shape source = Source(x.Shape);
        int axis = Extents.Axis(Axis ?? 0, source.Rank);
        return [x with { Shape = source.With(axis, Chosen(context.RequireConstant(1, "condition"), source[axis]).Length) }];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Shape source = Source(context.Shape(0));
        int axis = Extents.Axis(Axis ?? 0, source.Rank);
        long[] chosen = Chosen(context.RequireConstant(1, "condition"), source[axis]);
        string x = Axis is null ? context.Add(new Reshape([.. source]), context.Input(0)) : context.Input(0);
        return [context.Add(new Gather(axis), x, context.AddConstant("indices", Tensor.Of([chosen.Length], chosen)))];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0).Reshape(Source(context.Input(0).Shape));
        int axis = Extents.Axis(Axis ?? 0, x.Shape.Rank);
        long[] chosen = Chosen(context.Input(1), x.Shape[axis]);
        return new Gather(axis).Evaluate(new([x, Tensor.Of([chosen.Length], chosen)], 1));
    }

    private Shape Source(Shape x) => Axis is null ? [x.Product(0, x.Rank)] : x;

    // The condition may be shorter than the axis: what it does not reach is left out.
    private static long[] Chosen(Tensor condition, int extent) => condition.Count <= extent
        ? [.. Enumerable.Range(0, condition.Count).Where(i => condition.Integer(i) != 0).Select(i => (long)i)]
        : throw OperatorException.Invalid($"Compress has {condition.Count} conditions for {extent} indices.");
}
