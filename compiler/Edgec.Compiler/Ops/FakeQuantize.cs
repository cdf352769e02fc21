using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// Where a model states how a value is quantized: float in, float out, <c>scale · (clamp(round(x / scale) + zero, lo, hi) - zero)</c>
/// in single precision. All dialects of quantized models become this in their canonical form; the quantizer takes its scale
/// for the value, and the node vanishes.
/// </summary>
/// <param name="Stated">Scales that single precision holds exactly.</param>
/// <param name="Lo">The least integer; with <paramref name="Hi"/> it says bits, signedness, and clamps in between.</param>
public sealed record FakeQuantize(Quantization Stated, int Lo, int Hi, RoundingMode Rounding = RoundingMode.HalfEven) : Operator
{
    public static readonly OpDef Def = new("fake-quantize", null, a => new FakeQuantize(
        new([.. a.Floats("scale").Select(s => (double)s)], a.Ints("zero"), a.Int("axis", -1)),
        a.Int("lo"),
        a.Int("hi"),
        Ops.Rounding.Parse(a.Text("rounding", RoundingMode.HalfEven.Text()))));

    public override string Name => "fake-quantize";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            yield return ("scale", new FloatsValue([.. Stated.Scales.Select(s => (float)s)]));
            yield return ("zero", Stated.Zeros);
            if (Stated.Axis >= 0)
                yield return ("axis", Stated.Axis);
            yield return ("lo", Lo);
            yield return ("hi", Hi);
            if (Rounding != RoundingMode.HalfEven)
                yield return ("rounding", Rounding.Text());
        }
    }

    public override QuantizationRule Quantization => Stated.Axis < 0 ? QuantizationRule.Stated : QuantizationRule.FloatOnly("the model states a scale for each channel of it, and activations have one");

    /// <summary>The reals it lets through.</summary>
    public Activation Reach => new((float)(Stated.Scale * (Lo - Stated.Zero)), (float)(Stated.Scale * (Hi - Stated.Zero)));

    // Only bounds that are values of the grid: others would leave it.
    public override Operator? Clamped(Activation next)
    {
        if (Stated.Axis >= 0 || OnGrid(next.Lo, Lo) is not { } lo || OnGrid(next.Hi, Hi) is not { } hi)
            return null;
        (lo, hi) = (Math.Clamp(lo, Lo, Hi), Math.Clamp(hi, Lo, Hi));
        return this with { Lo = lo, Hi = hi };
    }

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        if (!x.Element.IsFloat())
            throw OperatorException.Invalid($"{Name} needs a float input, not {x}.");
        if (Stated.Axis >= x.Shape.Rank || (Stated.Axis >= 0 && x.Shape[Stated.Axis] != Stated.Scales.Count) || Lo > Hi)
            throw OperatorException.Invalid($"{Name} has {Stated.Scales.Count} scales along axis {Stated.Axis} and the range [{Lo}, {Hi}], which does not fit {x}.");
        return [new(x.Element, x.Shape)];
    }

    // A constant becomes the integers it stands for: one form for weights, whichever dialect states them.
    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        if (context.Constant(0) is not { } constant)
            return null;
        string integers = context.AddConstant("integers", Integers(constant, LinearScale.Holding(Lo, Hi)));
        return [DequantizeLinear.Add(context, integers, Stated)];
    }

    public override Operator? ToChannelsLast(InferContext context) =>
        Stated.Axis < 0 ? this : this with { Stated = Stated with { Axis = Extents.ChannelsLast(Stated.Axis) } };

    public override bool Folds => false;

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0), source = x.ToF32(), result = Tensor.Zeros(ElementType.F32, x.Shape);
        LinearScale.ForEachRun(x.Shape, Stated, (start, count, channel) =>
        {
            float scale = (float)Stated.Scales[channel];
            int zero = Stated.Zeros[channel];
            ReadOnlySpan<float> from = source.Span<float>().Slice(start, count);
            Span<float> to = result.Span<float>().Slice(start, count);
            for (int i = 0; i < to.Length; i++)
                to[i] = (Integer(from[i], scale, zero) - zero) * scale;
        });
        return [result.ConvertTo(x.Element)];
    }

    public override Lowered Lower(LoweringContext context) => throw new OperatorException(
        "EC4001", "A value whose quantization the model states has no kernel in float. Compile with --precision w8a8.");

    /// <summary>The integers that a float tensor becomes.</summary>
    public Tensor Integers(Tensor x, ElementType element)
    {
        Tensor source = x.ToF32();
        var integers = new int[x.Count];
        LinearScale.ForEachRun(x.Shape, Stated, (start, count, channel) =>
        {
            for (int i = start; i < start + count; i++)
                integers[i] = Integer(source.Span<float>()[i], (float)Stated.Scales[channel], Stated.Zeros[channel]);
        });
        return Tensor.Of(x.Shape, integers).ConvertTo(element);
    }

    // The integer that stands for exactly this bound; the grid's own where there is no bound.
    private int? OnGrid(float bound, int own)
    {
        if (float.IsInfinity(bound))
            return own;
        double steps = bound / Stated.Scale;
        double nearest = Math.Round(steps);
        return Math.Abs(nearest) < int.MaxValue / 2 && (float)(nearest * Stated.Scale) == bound ? (int)nearest + Stated.Zero : null;
    }

    private int Integer(float value, float scale, int zero)
    {
        double rounded = Rounding.Apply(value / scale);
        return double.IsNaN(rounded) ? zero : (int)Math.Clamp(rounded + zero, Lo, Hi);
    }
}
