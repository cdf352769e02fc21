using System.Collections.Immutable;
using System.Numerics;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// <c>clamp((x·multiplier + addend) >> shift, lo, hi)</c> of integers, as the model states it (docs/numerics.md, Requantize).
/// Inputs x, multipliers i32 [1] or [C] and addends i64, as many. In a float graph x holds integers; where it does not, the
/// quotient is floored just so.
/// </summary>
/// <param name="Shift">1 to 47.</param>
/// <param name="Axis">The axis of the channels.</param>
public sealed record Requantize(int Shift, int Lo, int Hi, int Axis) : SumFinisher(Axis)
{
    public static readonly OpDef Def = new("requantize", null, a =>
    {
        var op = new Requantize(a.Int("shift"), a.Int("lo"), a.Int("hi"), a.Int("axis", 1));
        return op is { Shift: >= FixedPoint.MinShift and <= FixedPoint.MaxShift } && op.Lo <= op.Hi && op.Hi - (long)op.Lo <= 255
            ? op
            : throw OperatorException.Invalid("requantize shifts by 1 to 47 bits and gives at most 256 integers.");
    });

    public override string Name => "requantize";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        [("shift", (long)Shift), ("lo", (long)Lo), ("hi", (long)Hi), .. Axis == 1 ? [] : new (string, AttributeValue)[] { ("axis", (long)Axis) }];

    /// <summary>The result's zero point: 0 if the integers are those of an i8, else the one that makes them so.</summary>
    private int Zero => Lo >= sbyte.MinValue && Hi <= sbyte.MaxValue ? 0 : sbyte.MinValue - Lo;

    public override QuantizationRule Quantization => QuantizationRule.Fixed(1, Zero);

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        Shape x = context.Shape(0), multipliers = context.Shape(1), addends = context.Shape(2);
        if (multipliers.Rank != 1 || addends != multipliers || (multipliers[0] != 1 && multipliers[0] != x[Extents.Axis(Axis, x.Rank)]))
            throw OperatorException.Invalid($"requantize of {x} has multipliers {multipliers} and addends {addends}. Give one of each, or one for each channel.");
        return [context.Input(0)];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0), y = Tensor.Zeros(ElementType.F32, x.Shape);
        ReadOnlySpan<int> multipliers = context.Input(1).Span<int>();
        ReadOnlySpan<long> addends = context.Input(2).Span<long>();
        int axis = x.Shape.Rank == 0 ? 0 : Extents.Axis(Axis, x.Shape.Rank), inner = x.Shape.Product(axis + 1, x.Shape.Rank);
        Span<float> target = y.Span<float>();
        for (int i = 0; i < target.Length; i++)
        {
            int c = multipliers.Length == 1 ? 0 : i / inner % multipliers.Length;
            target[i] = Apply(x.Number(i), multipliers[c], addends[c]);
        }

        return [y.ConvertTo(x.Element)];
    }

    protected override Finish Finish(LoweringContext own, IReadOnlyList<double> scales, IReadOnlyList<SumRange> ranges)
    {
        if (scales.Any(scale => scale != 1))
            throw NotIntegers(scales.First(scale => scale != 1));
        (int[] multipliers, long[] addends) = Numbers(own);
        byte[] shifts = [.. Enumerable.Repeat((byte)Shift, multipliers.Length)];
        Shape shape = [multipliers.Length];
        return new IntegerFinish(
            Tensor.Of(shape, multipliers), Tensor.Of(shape, shifts), Tensor.Of(shape, [.. addends.Select(a => a + ((long)Zero << Shift))]), Lo + Zero, Hi + Zero);
    }

    // An addition of two has multipliers of 15 bits and the addend 2^(shift-1) + zero · 2^shift: powers of two that all
    // numbers share are taken out first.
    protected override MapStep StepOf(LoweringContext own, Quantization a, Quantization b, bool subtract)
    {
        if (a.Scale != 1 || b.Scale != 1)
            throw NotIntegers(a.Scale != 1 ? a.Scale : b.Scale);
        (int[] multipliers, long[] addends) = Numbers(own);
        long multiplier = multipliers[0], addend = addends[0] - (1L << (Shift - 1));
        int shared = Math.Min(Shift - 1, BitOperations.TrailingZeroCount(multiplier));
        bool whole = (addend & ((1L << Shift) - 1)) == 0;
        multiplier >>= shared;
        if (multipliers.Length > 1 || !whole || Math.Abs(multiplier) > short.MaxValue || Math.Abs(addend >> Shift) > int.MaxValue / 2)
            throw new OperatorException("EC3050", $"The sum of two values is requantized by multiplier {multipliers[0]}, addend {addends[0]} and shift {Shift}, which no addition kernel takes: it has one multiplier of 15 bits and rounds to nearest. Requantize each operand instead.");
        return new AddStep(
            a.Zero, (int)multiplier, b.Zero, (int)(subtract ? -multiplier : multiplier), Shift - shared, (int)(addend >> Shift) + Zero, Lo + Zero, Hi + Zero);
    }

    protected override Func<double, double>? Function(LoweringContext own)
    {
        if (own.Quantization(0).Scale != 1)
            throw NotIntegers(own.Quantization(0).Scale);
        (int[] multipliers, long[] addends) = Numbers(own);
        return multipliers.Length == 1 ? x => Apply(x, multipliers[0], addends[0]) : null;
    }

    private float Apply(double x, int multiplier, long addend) => x == Math.Floor(x) && Math.Abs(x) < 1L << 62
        ? (float)Math.Clamp((double)(((Int128)(long)x * multiplier + addend) >> Shift), Lo, Hi)
        : (float)Math.Clamp(Math.Floor(Math.ScaleB(x * multiplier + addend, -Shift)), Lo, Hi);

    private static (int[] Multipliers, long[] Addends) Numbers(LoweringContext own) => (
        own.RequireConstant(1, "multipliers").Span<int>().ToArray(), own.RequireConstant(2, "addends").Span<long>().ToArray());

    private static OperatorException NotIntegers(double scale) => new(
        "EC3051", $"A requantization stated in integers reads values at scale {scale:g6}. Its input, and the weights before it, must hold integers.");
}
