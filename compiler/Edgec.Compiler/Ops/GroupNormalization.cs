using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// Normalises groups of channels of each image, then scales and shifts: inputs x [N,C,…], scale and bias, [C] or (up to
/// opset 20) one for each group. Instance normalization has a group for each channel. Canonical, a layer normalization
/// over reshaped rows, a product and a sum.
/// </summary>
/// <param name="Groups">0 for one group for each channel.</param>
public sealed record GroupNormalization(int Groups, float Epsilon) : Operator
{
    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        new("group-normalization", "GroupNormalization", a =>
        {
            a.Has("stash_type"); // the precision of the statistics: single or better here
            return new GroupNormalization(a.Int("num_groups"), a.Float("epsilon", 1e-5f));
        }),
        new("instance-normalization", "InstanceNormalization", a =>
        {
            a.Has("consumed_inputs");
            return new GroupNormalization(0, a.Float("epsilon", 1e-5f));
        }),
    ];

    public override string Name => Groups == 0 ? "instance-normalization" : "group-normalization";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            if (Groups != 0)
                yield return ("num_groups", Groups);
            if (Epsilon != 1e-5f)
                yield return ("epsilon", Epsilon);
        }
    }

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        Grouping(x.Shape, context.Shape(1));
        Grouping(x.Shape, context.Shape(2));
        return [new(x.Element, x.Shape)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Shape x = context.Shape(0);
        (int groups, Shape around, Shape along) = Grouping(x, context.Shape(1));
        string rows = LayerNormalization.AddRows(context, context.Input(0), x[0] * groups, around.Product(2, around.Rank) * around[1] / groups, Epsilon);
        string normal = context.Add(new Reshape([.. around]), rows);
        string scaled = context.Add(
            new Binary(BinaryFunction.Multiply, Activation.None), normal, context.Add(new Reshape([.. along]), context.Input(1)));
        string shifted = context.Add(
            new Binary(BinaryFunction.Add, Activation.None), scaled, context.Add(new Reshape([.. along]), context.Input(2)));
        return [around == x ? shifted : context.Add(new Reshape([.. x]), shifted)];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        (int groups, Shape around, Shape along) = Grouping(x.Shape, context.Input(1).Shape);
        int length = x.Shape[0] * groups == 0 ? 0 : x.Count / (x.Shape[0] * groups);
        Tensor rows = x.ToF32().Reshape([x.Shape[0] * groups, length]);
        Tensor normal = new LayerNormalization(1, Epsilon).Evaluate(new([rows, LayerNormalization.Ones([length])], 1))[0].Reshape(around);
        Tensor scaled = new Binary(BinaryFunction.Multiply, Activation.None).Evaluate(new([normal, context.Input(1).Reshape(along)], 1))[0];
        Tensor shifted = new Binary(BinaryFunction.Add, Activation.None).Evaluate(new([scaled, context.Input(2).Reshape(along)], 1))[0];
        return [shifted.Reshape(x.Shape).ConvertTo(x.Element)];
    }

    // The number of groups, the shape around which the parameters broadcast, and theirs:
    // [N,C,H,W] with [C,1,1], or [N,G,C/G·H·W] with [G,1].
    private (int Groups, Shape Around, Shape Along) Grouping(Shape x, Shape parameter)
    {
        if (x.Rank < 3)
            throw OperatorException.Invalid($"{Name} needs an input [N,C,…], not {x}.");
        int groups = Groups == 0 ? x[1] : Groups;
        if (groups < 1 || x[1] % groups != 0)
            throw OperatorException.Invalid($"{Name} cannot split {x[1]} channels into {groups} groups.");
        if (parameter.ElementCount == x[1])
            return (groups, x, [x[1], .. Enumerable.Repeat(1, x.Rank - 2)]);
        return parameter.ElementCount == groups
            ? (groups, [x[0], groups, x.Product(1, x.Rank) / groups], [groups, 1])
            : throw OperatorException.Invalid($"{Name} over {x[1]} channels in {groups} groups has a parameter {parameter}.");
    }
}
