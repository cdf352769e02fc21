using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>Softmax, or its logarithm, along one axis.</summary>
/// <param name="Flatten">Up to opset 12 all axes from <paramref name="Axis"/> on form the row.</param>
/// <param name="Running">In float, with maximum and sum in one pass (pass <c>approximate-softmax</c>); it has no integer form.</param>
public sealed record Softmax(int Axis, bool Logarithm, bool Flatten = false, bool Running = false) : Operator
{
    /// <summary>Probabilities as i8: 255 steps from 0 to 1.</summary>
    private static readonly Quantization Probability = Ir.Quantization.PerTensor(1 / 255f, sbyte.MinValue);

    /// <summary>Probabilities as i16: 32,767 steps from 0 to 1.</summary>
    private static readonly Quantization WideProbability = Ir.Quantization.PerTensor(1 / 32767f, 0);

    // The sum of a row's exponentials must fit into 32 bits.
    private const int MaxLength = 1 << 16;
    private const int WideMaximum = 32767;

    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        new("log-softmax", "LogSoftmax", a => Read(a, true)),
        new("softmax", "Softmax", a => Read(a, false)),
    ];

    public override string Name => Logarithm ? "log-softmax" : "softmax";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        [("axis", Axis), .. Flatten ? [("flatten", true)] : Array.Empty<(string, AttributeValue)>(), .. Running ? [("running", true)] : Array.Empty<(string, AttributeValue)>()];

    public override QuantizationRule Quantization =>
        Running ? QuantizationRule.FloatOnly("a running maximum makes integers depend on the order of the scores; leave approximate-softmax out, or take its form order-free") : Logarithm ? QuantizationRule.Calibrated : QuantizationRule.Fixed(Probability.Scale, Probability.Zero, WideProbability.Scale);

    public override bool HasWideForm => true;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        Row(x.Shape);
        return [new(x.Element, x.Shape)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Shape x = context.Shape(0);
        RowGeometry row = Row(x);
        int axis = x.Rank == 0 ? 0 : Extents.Axis(Axis, x.Rank);
        if (x.Rank > 0 && (!Flatten || row.Length == x[axis]))
            return this with { Axis = axis, Flatten = false } == this ? null : [context.Add(this with { Axis = axis, Flatten = false }, context.Input(0))];
        string rows = context.Add(new Reshape([row.Outer, row.Length]), context.Input(0));
        return [context.Add(new Reshape([.. x]), context.Add(this with { Axis = 1, Flatten = false }, rows))];
    }

    public override Operator? ToChannelsLast(InferContext context) => this with { Axis = Extents.ChannelsLast(Axis) };

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        var kernel = new RowNormKernel(new FloatSoftmaxStep(Logarithm, Running), Row(x.Shape));
        return [KernelRunner.Run(kernel, [x.ToF32()], ElementType.F32, x.Shape).ConvertTo(x.Element)];
    }

    public override Lowered Lower(LoweringContext context)
    {
        KernelTypes.Require(context, Name);
        RowGeometry row = Row(context.Shape(0));
        if (!context.IsQuantized)
            return context.Kernel(new RowNormKernel(new FloatSoftmaxStep(Logarithm, Running), row), 0);
        bool wide = context.Output.Element == ElementType.I16;
        if (!Logarithm && !Is(wide ? WideProbability : Probability, context.Output.Quantization!))
            throw new OperatorException("EC3004", $"Quantized {Name} gives probabilities at scale 1/255 and zero -128, or 1/32767 and zero 0 in 16 bits. Give its output these, or keep it in float.");
        if (row.Length > MaxLength)
            throw new OperatorException("EC4002", $"Softmax over {row.Length} elements has no integer kernel, which takes {MaxLength}. Keep it in float.");
        if (Logarithm && wide)
            return context.Kernel(new RowNormKernel(WideLogarithms(context.Quantization(0).Scale, context.Output.Quantization!.Scale), row), 0);
        if (Logarithm)
            return context.Kernel(new RowNormKernel(Logarithms(context.Quantization(0).Scale, context.Output.Quantization!), row), 0);
        if (wide)
            return context.Kernel(new RowNormKernel(Wide(context.Quantization(0).Scale), row), 0);
        return context.Kernel(new RowNormKernel(new SoftmaxStep(Exponentials(context.Quantization(0).Scale), 255, Probability.Zero), row), 0);
    }

    // A file may hold the quotient in single or in double precision.
    private static bool Is(Quantization probability, Quantization own) => own is { Axis: < 0 } && own.Zero == probability.Zero && (float)own.Scale == (float)probability.Scale;

    // docs/numerics.md §4: E[d] = round(32767 · exp(-scale · d)).
    internal static Tensor Exponentials(double scale)
    {
        var table = new short[256];
        for (int d = 0; d < table.Length; d++)
            table[d] = (short)Math.Round(32767 * Math.Exp(-scale * d), MidpointRounding.ToEven);
        return Tensor.Of([256], table);
    }

    // As many fraction bits as leave every number but the logarithms of octaves 31 bits.
    private static LogSoftmaxStep Logarithms(double scale, Quantization y)
    {
        double largest = Math.Max(scale, Math.Log(2)) / y.Scale;
        int shift = Math.Min(24, 29 - Math.ILogB(largest));
        if (shift < FixedPoint.MinShift)
            throw Scaling.OutOfReach(largest);
        return new(
            Exponentials(scale), LogarithmTable(y.Scale, shift), Steps(Math.Log(2), y.Scale, shift), Steps(Math.Log(32767), y.Scale, shift), (int)Steps(scale, y.Scale, shift),
            shift, y.Zero, sbyte.MinValue, sbyte.MaxValue);
    }

    // Distances have 16 bits, so the multiplier gets as many fraction bits more as leave it 31; the table keeps its own.
    private static WideLogSoftmaxStep WideLogarithms(double scale, double step)
    {
        double largest = Math.Max(scale, Math.Log(2)) / step;
        int shift = Math.Min(24, 29 - Math.ILogB(largest)), lift = Math.Clamp(29 - Math.ILogB(scale / step) - shift, 0, 16);
        if (shift < FixedPoint.MinShift)
            throw Scaling.OutOfReach(largest);
        WideSoftmaxStep exponentials = Wide(scale);
        return new(
            exponentials.Powers, exponentials.Multiplier, exponentials.Shift, LogarithmTable(step, shift), Steps(Math.Log(2), step, shift + lift),
            Steps(Math.Log(32767), step, shift + lift), (int)Steps(scale, step, shift + lift), lift, shift + lift, short.MinValue, short.MaxValue);
    }

    private static Tensor LogarithmTable(double step, int shift) =>
        Tensor.Of([257], [.. Enumerable.Range(0, 257).Select(i => (int)Steps(Math.Log(1 + i / 256.0), step, shift))]);

    // A number in steps of a scale, with so many fraction bits.
    private static long Steps(double value, double scale, int shift) => (long)Math.Round(Math.ScaleB(value / scale, shift), MidpointRounding.AwayFromZero);

    // docs/numerics.md §4: exp(-scale · d) = 2^-(d · scale · log2 e), between 129 powers of two.
    private static WideSoftmaxStep Wide(double scale)
    {
        double ratio = Math.ScaleB(scale * Math.Log2(Math.E), 18);
        if (FixedPoint.Normalize(ratio, 24) is not var (multiplier, shift))
            throw Scaling.OutOfReach(ratio);
        int[] powers = [.. Enumerable.Range(0, 129).Select(i => (int)Math.Round(32767 * 8 * Math.Pow(2, -i / 128.0), MidpointRounding.ToEven))];
        return new(Tensor.Of([129], powers), multiplier, shift, WideMaximum);
    }

    private static Softmax Read(AttributeReader a, bool logarithm) => a.Opset < 13
        ? new(a.Int("axis", 1), logarithm, Flatten: true)
        : new(a.Int("axis", -1), logarithm, a.Flag("flatten"), a.Flag("running"));

    private RowGeometry Row(Shape x)
    {
        if (x.Rank == 0)
            return new(1, 1, 1);
        // Flattening may start behind the last axis: rows of one element.
        int axis = Flatten && Axis == x.Rank ? x.Rank : Extents.Axis(Axis, x.Rank);
        if (Flatten)
            return new(x.Product(0, axis), x.Product(axis, x.Rank), 1);
        return new(x.Product(0, axis), x[axis], x.Product(axis + 1, x.Rank));
    }
}
