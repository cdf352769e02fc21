using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// softmax(factor · q · kᵀ + biasFactor · bias) · v of queries [.., Rows, Inner], keys [.., Columns, Inner] and values [.., Columns, Width],
/// whose probabilities never exist (docs/numerics.md, Attention). The bias may be left out. The pass <c>fuse-attention</c> makes it; no
/// model has it.
/// </summary>
/// <param name="KeysByRow">Keys are [.., Columns, Inner]; otherwise [.., Inner, Columns].</param>
/// <param name="Factor">On the scores, before the softmax.</param>
/// <param name="ScoreScale">Of the scores as 8-bit integers, after the factor and with the bias.</param>
/// <param name="BiasFactor">On input 3, [Count, Rows or 1, Columns].</param>
/// <param name="BiasRepeat">Batch b of the queries has the bias (b / BiasRepeat) mod Count.</param>
public sealed record Attention(
    bool KeysByRow, float Factor, float ScoreScale, int ScoreZero, Activation Activation, float BiasFactor = 1, int BiasRepeat = 1) : Operator
{
    private const int BiasInput = 3;

    public static readonly OpDef Def = new("attention", null, a => new Attention(
        a.Flag("keys_by_row"), a.Float("factor", 1), a.Float("score_scale", 1), a.Int("score_zero", 0), Activation.Read(a),
        a.Float("bias_factor", 1), a.Int("bias_repeat", 1))
    { Parallel = a.Int("parallel", 0) });

    public override string Name => "attention";

    /// <summary>Queries in flight on an FPGA, which no result depends on; 0 for as many as its planner likes.</summary>
    public int Parallel { get; init; }

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
    [
        .. KeysByRow ? [("keys_by_row", true)] : Array.Empty<(string, AttributeValue)>(),
        ("factor", Factor), ("score_scale", ScoreScale), ("score_zero", ScoreZero),
        .. BiasFactor == 1 ? Array.Empty<(string, AttributeValue)>() : [("bias_factor", BiasFactor)],
        .. BiasRepeat == 1 ? Array.Empty<(string, AttributeValue)>() : [("bias_repeat", BiasRepeat)],
        .. Parallel > 0 ? [("parallel", Parallel)] : Array.Empty<(string, AttributeValue)>(),
        .. Activation.Attributes,
    ];

    public override QuantizationRule Quantization => QuantizationRule.Calibrated;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        Shape q = context.Shape(0);
        AttentionGeometry g = Geometry(q, context.Shape(1), context.Shape(2));
        if (context.Has(BiasInput))
            Check(g, context.Shape(BiasInput));
        return [new(context.Input(0).Element, [.. q.SkipLast(1), g.Width])];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        var product = new MatMul(KeysByRow, Activation.None);
        Tensor scores = product.Evaluate(new([context.Input(0), context.Input(1)], 1))[0];
        Tensor scaled = new Binary(BinaryFunction.Multiply, Activation.None).Evaluate(new([scores, Tensor.Of<float>([], [Factor])], 1))[0];
        if (context.Optional(BiasInput) is { } bias)
            scaled = Biased(scaled, bias);
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
        (IntegerFinish finish, AttentionBias? bias) = Scores(context, g, scores);
        if (Multiplier(ratio, g.Columns) is not var (multiplier, shift))
            throw Scaling.OutOfReach(ratio);
        (int lo, int hi) = Activation.Integers(context.Output);
        return context.Kernel(
            new AttentionKernel(g, q.Zero, k.Zero, finish, Softmax.Exponentials(ScoreScale), v.Zero, multiplier, shift, y.Zero, lo, hi, bias) { Parallel = Parallel },
            [.. Enumerable.Range(0, bias is null ? BiasInput : BiasInput + 1)]);
    }

    private (IntegerFinish Finish, AttentionBias? Bias) Scores(LoweringContext context, AttentionGeometry g, double ratio)
    {
        if (!context.Has(BiasInput))
        {
            return (FixedPoint.Finish([ratio], ScoreZero, sbyte.MinValue, sbyte.MaxValue, context.Rounding) ?? throw Scaling.OutOfReach(ratio), null);
        }

        Shape shape = context.Shape(BiasInput);
        Check(g, shape);
        Quantization quantization = context.Quantization(BiasInput);
        double added = quantization.Scale * BiasFactor / ScoreScale;
        if (FixedPoint.Biased(ratio, added, ScoreZero, sbyte.MinValue, sbyte.MaxValue, context.Rounding) is not var (finish, multiplier))
            throw Scaling.OutOfReach(added);
        return (finish, new(BiasRepeat, shape[0], ByRow: shape[1] == g.Rows, quantization.Zero, multiplier));
    }

    // A bias is given to neighbouring batches, and again from the first.
    private Tensor Biased(Tensor scores, Tensor bias)
    {
        Shape shape = scores.Shape;
        int count = bias.Shape[0], batch = (int)shape.Product(0, shape.Rank - 2);
        Shape split = [batch / (count * BiasRepeat), count, BiasRepeat, shape[^2], shape[^1]];
        Tensor matrices = bias.Reshape([count, 1, bias.Shape[1], bias.Shape[2]]);
        Tensor scaled = new Binary(BinaryFunction.Multiply, Activation.None).Evaluate(new([matrices, Tensor.Of<float>([], [BiasFactor])], 1))[0];
        return new Binary(BinaryFunction.Add, Activation.None).Evaluate(new([scores.Reshape(split), scaled], 1))[0].Reshape(shape);
    }

    private void Check(AttentionGeometry g, Shape bias)
    {
        if (bias.Rank != 3 || bias[2] != g.Columns || (bias[1] != g.Rows && bias[1] != 1) || BiasRepeat < 1 || bias[0] < 1 || g.Batch % ((long)bias[0] * BiasRepeat) != 0)
            throw OperatorException.Invalid($"Attention of [{g.Batch},{g.Rows}] queries to {g.Columns} keys cannot have a bias {bias} for {BiasRepeat} batches each.");
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
