using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// A staircase: <c>scale · (first + step · n)</c>, where n counts the thresholds that x has reached. Inputs x and thresholds
/// f64 [1 or C, N]; optional input 2, directions i8 [1 or C]: 1 counts <c>x ≥ t</c>, -1 counts <c>x ≤ t</c>, so that the
/// staircase descends. Every quantizer of few levels is one, with whatever scaling of channels stands before it, and on
/// integers it is exact: there a threshold is the first integer that reaches it.
/// </summary>
/// <param name="First">The integer below all thresholds (above them where the staircase descends).</param>
/// <param name="Step">What each threshold adds: 2 for two values -1 and 1.</param>
/// <param name="Axis">The axis of the channels.</param>
public sealed record Thresholds(float Scale, int First, int Step, int Count, int Axis) : SumFinisher(Axis)
{
    public static readonly OpDef Def = new("thresholds", null, a =>
    {
        var op = new Thresholds(a.Float("scale", 1), a.Int("first", 0), a.Int("step", 1), a.Int("count"), a.Int("axis", 1));
        return op is { Step: >= 1, Count: >= 1 } && (long)op.Step * op.Count <= 255 && float.IsFinite(op.Scale) && op.Scale > 0
            ? op
            : throw OperatorException.Invalid("thresholds have a positive scale, and their integers span at most 256.");
    });

    public override string Name => "thresholds";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            if (Scale != 1)
                yield return ("scale", Scale);
            if (First != 0)
                yield return ("first", (long)First);
            if (Step != 1)
                yield return ("step", (long)Step);
            yield return ("count", (long)Count);
            if (Axis != 1)
                yield return ("axis", (long)Axis);
        }
    }

    private int Last => First + Step * Count;

    /// <summary>The result's zero point: 0 if the integers are those of an i8, else the one that makes them so.</summary>
    private int Zero => First >= sbyte.MinValue && Last <= sbyte.MaxValue ? 0 : sbyte.MinValue - First;

    public override QuantizationRule Quantization => QuantizationRule.Fixed(Scale, Zero);

    /// <summary>A sum of two activations has no staircase for a finish: it becomes 8 bits first, and those a table.</summary>
    public override bool Finishes(Operator sums) => sums is not Binary;

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        Shape x = context.Shape(0), t = context.Shape(1);
        int channels = x.Rank == 0 ? 1 : x[Extents.Axis(Axis, x.Rank)];
        bool fits = t.Rank == 2 && t[1] == Count && (t[0] == 1 || t[0] == channels);
        if (!fits || (context.Has(2) && (context.Shape(2).Rank != 1 || context.Shape(2)[0] != t[0])))
            throw OperatorException.Invalid($"Thresholds {t} do not fit {Count} of them for {channels} channels. Give one row, or one for each channel.");
        return [context.Input(0)];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0), y = Tensor.Zeros(ElementType.F32, x.Shape);
        ReadOnlySpan<double> thresholds = context.Input(1).Span<double>();
        ReadOnlySpan<sbyte> directions = context.Optional(2) is { } given ? given.Span<sbyte>() : [];
        int axis = x.Shape.Rank == 0 ? 0 : Extents.Axis(Axis, x.Shape.Rank), inner = x.Shape.Product(axis + 1, x.Shape.Rank);
        int rows = thresholds.Length / Count;
        Span<float> target = y.Span<float>();
        for (int i = 0; i < target.Length; i++)
        {
            int c = rows == 1 ? 0 : i / inner % rows;
            target[i] = (float)(Scale * (double)Integer(x.Number(i), thresholds.Slice(c * Count, Count), directions.Length > 0 && directions[c] < 0));
        }

        return [y.ConvertTo(x.Element)];
    }

    protected override Func<double, double>? Function(LoweringContext own)
    {
        double[] thresholds = own.RequireConstant(1, "thresholds").Span<double>().ToArray();
        bool descends = own.Constant(2) is { } directions && directions.Integer(0) < 0;
        return thresholds.Length == Count ? x => Scale * (double)Integer(x, thresholds, descends) : null;
    }

    protected override Finish Finish(LoweringContext own, IReadOnlyList<double> scales, IReadOnlyList<SumRange> ranges)
    {
        Tensor thresholds = own.RequireConstant(1, "thresholds");
        Tensor? directions = own.Constant(2);
        int rows = thresholds.Shape[0];
        var staircases = new Staircase[ranges.Count];
        for (int c = 0; c < staircases.Length; c++)
        {
            int row = rows == 1 ? 0 : c;
            bool descends = directions is not null && directions.Integer(row) < 0;
            double scale = scales.Count == 1 ? scales[0] : scales[c];
            ReadOnlySpan<double> reals = thresholds.Span<double>().Slice(row * Count, Count);
            var integers = new long[Count];
            for (int i = 0; i < Count; i++)
                integers[i] = FirstReached(reals[i], scale, descends, ranges[c]);
            staircases[c] = descends
                ? new(Last + Zero, -Step, integers, ranges[c].Lowest, ranges[c].Highest)
                : new(First + Zero, Step, integers, ranges[c].Lowest, ranges[c].Highest);
        }

        return Staircase.Finish(staircases, First + Zero, Last + Zero);
    }

    protected override MapStep StepOf(LoweringContext own, Quantization a, Quantization b, bool subtract) => throw new OperatorException(
        "EC3053", "Thresholds behind the sum of two values have no kernel. Quantize the sum to 8 bits first.");

    private int Integer(double x, ReadOnlySpan<double> thresholds, bool descends)
    {
        int count = 0;
        foreach (double threshold in thresholds)
            count += (descends ? x <= threshold : x >= threshold) ? 1 : 0;
        return First + Step * count;
    }

    // The first integer q from which on scale·q ≥ t; descending, from which on not scale·q ≤ t. Kept within one step of what
    // sums can be: beyond, it is always or never reached.
    private static long FirstReached(double threshold, double scale, bool descends, SumRange range)
    {
        double steps = threshold / scale;
        if (!(steps > range.Lowest - 1.0))
            return range.Lowest;
        if (steps > range.Highest + 1.0)
            return range.Highest + 1;
        long q = (long)Math.Ceiling(steps);
        while (Reached(q - 1))
            q--;
        while (!Reached(q))
            q++;
        return Math.Clamp(q, range.Lowest, range.Highest + 1);

        bool Reached(long value) => descends ? value * scale > threshold : value * scale >= threshold;
    }
}
