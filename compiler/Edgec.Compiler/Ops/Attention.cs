using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// softmax(factor · q · kᵀ) · v of queries [.., Rows, Inner], keys [.., Columns, Inner] and values [.., Columns, Width], whose
/// probabilities never exist (docs/numerics.md, Softmax). The pass <c>fuse-attention</c> makes it; no model has it.
/// </summary>
/// <param name="KeysByRow">Keys are [.., Columns, Inner]; otherwise [.., Inner, Columns].</param>
/// <param name="Factor">On the scores, before the softmax.</param>
/// <param name="ScoreScale">Of the scores as 8-bit integers, after the factor.</param>
public sealed record Attention(bool KeysByRow, float Factor, float ScoreScale, int ScoreZero, Activation Activation) : Operator
{
    public static readonly OpDef Def = new("attention", null, a => new Attention(
        a.Flag("keys_by_row"), a.Float("factor", 1), a.Float("score_scale", 1), a.Int("score_zero", 0), Activation.Read(a)));

    public override string Name => "attention";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
    [
        .. KeysByRow ? [("keys_by_row", true)] : Array.Empty<(string, AttributeValue)>(),
        ("factor", Factor), ("score_scale", ScoreScale), ("score_zero", ScoreZero),
        .. Activation.Attributes,
    ];

    public override QuantizationRule Quantization => QuantizationRule.Calibrated;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        Shape q = context.Shape(0);
        AttentionGeometry g = Geometry(q, context.Shape(1), context.Shape(2));
        return [new(context.Input(0).Element, [.. q.SkipLast(1), g.Width])];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        var product = new MatMul(KeysByRow, Activation.None);
        Tensor scores = product.Evaluate(new([context.Input(0), context.Input(1)], 1))[0];
        Tensor scaled = new Binary(BinaryFunction.Multiply, Activation.None).Evaluate(new([scores, Tensor.Of<float>([], [Factor])], 1))[0];
        Tensor probabilities = new Softmax(-1, Logarithm: false).Evaluate(new([scaled], 1))[0];
        return new MatMul(false, Activation).Evaluate(new([probabilities, context.Input(2)], 1));
    }

    public override Lowered Lower(LoweringContext context)
    {
        KernelTypes.Require(context, Name);
        if (!context.IsQuantized || context.Output.Element != ElementType.I8)
            throw new OperatorException("EC4001", "Fused attention computes on 8-bit integers only. Leave the pass fuse-attention out.");
        AttentionGeometry g = Geometry(context.Shape(0), context.Shape(1), context.Shape(2));
        Quantization q = context.Quantization(0), k = context.Quantization(1), v = context.Quantization(2), y = context.Output.Quantization!;
        double scores = q.Scale * k.Scale * Factor / ScoreScale, ratio = v.Scale / y.Scale;
        IntegerFinish finish = FixedPoint.Finish([scores], ScoreZero, sbyte.MinValue, sbyte.MaxValue, context.Rounding) ?? throw Scaling.OutOfReach(scores);
        if (Multiplier(ratio, g.Columns) is not var (multiplier, shift))
            throw Scaling.OutOfReach(ratio);
        (int lo, int hi) = Activation.Integers(context.Output);
        return context.Kernel(
            new AttentionKernel(g, q.Zero, k.Zero, finish, Softmax.Exponentials(ScoreScale), v.Zero, multiplier, shift, y.Zero, lo, hi), 0, 1, 2);
    }

    public override long Macs(InferContext context)
    {
        AttentionGeometry g = Geometry(context.Shape(0), context.Shape(1), context.Shape(2));
        return (long)g.Batch * g.Rows * g.Columns * (g.Inner + g.Width);
    }

    /// <summary>What scales a weighted sum of so many values by a ratio; null if the ratio is out of reach.</summary>
    internal static (int Multiplier, int Shift)? Multiplier(double ratio, int columns) =>
        FixedPoint.Normalize(ratio, AttentionKernel.MultiplierBits(columns), AttentionKernel.MaxShift(columns));

    private AttentionGeometry Geometry(Shape q, Shape k, Shape v)
    {
        if (q.Rank < 2 || k.Rank < 2 || v.Rank < 2)
            throw OperatorException.Invalid($"Attention needs matrices, not {q}, {k} and {v}.");
        (int columns, int inner) = KeysByRow ? (k[^2], k[^1]) : (k[^1], k[^2]);
        long batch = q.Product(0, q.Rank - 2), keys = k.Product(0, k.Rank - 2), values = v.Product(0, v.Rank - 2);
        if (inner != q[^1] || columns != v[^2] || keys != values || (keys != batch && keys != 1) || columns > AttentionKernel.MaxColumns)
            throw OperatorException.Invalid($"Attention of {q} to keys {k} and values {v}: their extents do not fit, or there are more than {AttentionKernel.MaxColumns} keys.");
        return new((int)batch, q[^2], columns, inner, v[^1], KeysByRow, OneContext: keys != batch);
    }
}
