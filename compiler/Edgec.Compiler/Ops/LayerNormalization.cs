using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// Normalises all axes from one on to mean 0 and variance 1, then scales and shifts: inputs x, scale and (optional) bias.
/// Canonical, scale and bias are constants of exactly the normalised extents. Outputs 1 and 2, where they are wanted, are
/// the mean and the reciprocal deviation.
/// </summary>
public sealed record LayerNormalization(int Axis, float Epsilon) : Operator
{
    public static readonly OpDef Def = new("layer-normalization", "LayerNormalization", a =>
    {
        a.Has("stash_type"); // the precision of the statistics: single or better here
        return new LayerNormalization(a.Int("axis", -1), a.Float("epsilon", 1e-5f));
    });

    public override string Name => "layer-normalization";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        Epsilon == 1e-5f ? [("axis", Axis)] : [("axis", Axis), ("epsilon", Epsilon)];

    public override QuantizationRule Quantization => QuantizationRule.Calibrated;

    public override bool HasWideForm => true;

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        int axis = Extents.Axis(Axis, x.Shape.Rank);
        for (int i = 1; i < context.Count; i++)
        {
            if (context.Has(i) && Extents.Broadcast(Normalized(x.Shape), context.Shape(i)) != Normalized(x.Shape))
                throw OperatorException.Invalid($"LayerNormalization over {Normalized(x.Shape)} has a parameter {context.Shape(i)}.");
        }

        var statistics = TensorType.F32([.. x.Shape.Select((extent, i) => i < axis ? extent : 1)]);
        TensorType[] all = [new(x.Element, x.Shape), statistics, statistics];
        return [.. all.Take(context.Outputs)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Shape x = context.Shape(0), row = Normalized(x);
        var canonical = new LayerNormalization(Extents.Axis(Axis, x.Rank), Epsilon);
        if (context.Outputs > 1)
            return [context.Add(canonical, [.. Enumerable.Range(0, context.Count).Select(context.Input)]), .. Statistics(context)];
        bool known = context.Constant(1) is not null && (!context.Has(2) || context.Constant(2) is not null);
        bool exact = context.Shape(1) == row && (!context.Has(2) || context.Shape(2) == row);
        if (known && exact)
            return this == canonical ? null : [context.Add(canonical, [.. Enumerable.Range(0, context.Count).Select(context.Input)])];
        if (known)
        {
            string scale = context.AddConstant("scale", Expand(context.Constant(1)!, row));
            return [context.Add(canonical, context.Has(2) ? [context.Input(0), scale, context.AddConstant("bias", Expand(context.Constant(2)!, row))] : [context.Input(0), scale])];
        }

        string normal = context.Add(canonical, context.Input(0), context.AddConstant("ones", Ones(row)));
        string scaled = context.Add(new Binary(BinaryFunction.Multiply, Activation.None), normal, context.Input(1));
        return [context.Has(2) ? context.Add(new Binary(BinaryFunction.Add, Activation.None), scaled, context.Input(2)) : scaled];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0), values = x.ToF32();
        Shape row = Normalized(x.Shape);
        GroupGeometry rows = Rows(x.Shape);
        var step = new FloatLayerNormStep(
            true, Epsilon, Expand(context.Input(1), row), context.Optional(2) is { } bias ? Expand(bias, row) : null);
        Tensor y = KernelRunner.Run(new GroupNormKernel(step, rows), [values], ElementType.F32, x.Shape).ConvertTo(x.Element);
        if (context.Outputs == 1)
            return [y];
        Tensor mean = Tensor.Zeros(ElementType.F32, [.. x.Shape.Take(x.Shape.Rank - row.Rank), .. Enumerable.Repeat(1, row.Rank)]);
        Tensor deviation = Tensor.Zeros(ElementType.F32, mean.Shape);
        for (int i = 0; i < rows.Outer; i++)
        {
            double sum = 0, squares = 0;
            foreach (float value in values.Span<float>().Slice(i * rows.Count, rows.Count))
                sum += value;
            foreach (float value in values.Span<float>().Slice(i * rows.Count, rows.Count))
                squares += (value - sum / rows.Count) * (value - sum / rows.Count);
            mean.Span<float>()[i] = (float)(sum / rows.Count);
            deviation.Span<float>()[i] = (float)(1 / Math.Sqrt(squares / rows.Count + Epsilon));
        }

        return [y, mean, deviation];
    }

    public override Lowered Lower(LoweringContext context)
    {
        KernelTypes.Require(context, Name);
        return NormalizationLowering.Lower(
            context, Rows(context.Shape(0)), true, Epsilon, context.RequireConstant(1, "scale"), context.Has(2) ? context.RequireConstant(2, "bias") : null);
    }

    /// <summary>The scale that changes nothing.</summary>
    internal static Tensor Ones(Shape shape)
    {
        Tensor ones = Tensor.Zeros(ElementType.F32, shape);
        ones.Span<float>().Fill(1);
        return ones;
    }

    // The mean and 1 / √(variance + ε); nodes of their own, which go where nobody reads them.
    private IEnumerable<string> Statistics(Canonicalizer context)
    {
        Shape x = context.Shape(0);
        int axis = Extents.Axis(Axis, x.Rank);
        var over = new Reduce(ReduceFunction.Mean, [.. Enumerable.Range(axis, x.Rank - axis)], true);
        string mean = context.Add(over, context.Input(0));
        string centred = context.Add(new Binary(BinaryFunction.Subtract, Activation.None), context.Input(0), mean);
        string variance = context.Add(over, context.Add(new Binary(BinaryFunction.Multiply, Activation.None), centred, centred));
        string safe = context.Add(new Binary(BinaryFunction.Add, Activation.None), variance, context.AddConstant("epsilon", Tensor.Scalar(Epsilon)));
        return new[] { mean, context.Add(new Unary(UnaryFunction.Power, -0.5f), safe) }.Take(context.Outputs - 1);
    }

    /// <summary>A parameter as one number for each element of a row.</summary>
    internal static Tensor Expand(Tensor parameter, Shape row) =>
        parameter.Shape == row ? parameter.ToF32() : Tensor.Of(row, Elementwise.Pairs(Tensor.Zeros(ElementType.Bool, row), parameter, (_, i) => (float)parameter.Number(i)));

    private Shape Normalized(Shape x) => [.. x.Skip(Extents.Axis(Axis, x.Rank))];

    private GroupGeometry Rows(Shape x) => Rows(x, Extents.Axis(Axis, x.Rank));

    /// <summary>Rows over the axes from one on.</summary>
    internal static GroupGeometry Rows(Shape x, int axis) => new(x.Product(0, axis), 1, 1, x.Product(axis, x.Rank));
}
