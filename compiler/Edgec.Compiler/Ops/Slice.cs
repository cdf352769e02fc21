using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// Every <c>Steps[i]</c>-th element of axis <c>Axes[i]</c> from Starts[i] up to but without Ends[i]; negative numbers count
/// from the end, and a negative step goes backwards. Attributes up to opset 9, inputs from 10 on; canonical, attributes
/// in range for just the axes that change.
/// </summary>
public sealed record Slice(
    EquatableArray<int> Starts, EquatableArray<int> Ends, EquatableArray<int> Axes, EquatableArray<int> Steps) : MoveOperator
{
    public static readonly OpDef Def = new("slice", "Slice", a =>
        new Slice(a.Ints("starts"), a.Ints("ends"), a.Ints("axes"), a.Ints("steps")));

    public override string Name => "slice";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            if (Starts.Count > 0)
                yield return ("starts", Starts);
            if (Ends.Count > 0)
                yield return ("ends", Ends);
            if (Axes.Count > 0)
                yield return ("axes", Axes);
            if (Steps.Count > 0)
                yield return ("steps", Steps);
        }
    }

    /// <summary>Elements [start, end) of one axis.</summary>
    public static Slice Range(int axis, int start, int end) => new([start], [end], [axis], []);

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        return [x with { Shape = Shape.From(Resolve(x.Shape, context).Select(range => range.Count)) }];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        if (context.OutputType().Shape == context.Shape(0) && !HasNegativeStep(context))
            return [context.Input(0)];
        Shape x = context.Shape(0);
        AxisRange[] ranges = Resolve(x, context.Infer);
        int[] axes = [.. Enumerable.Range(0, x.Rank).Where(axis => ranges[axis] != new AxisRange(0, x[axis], 1))];
        bool strided = axes.Any(axis => ranges[axis].Step != 1);
        var canonical = new Slice(
            [.. axes.Select(axis => ranges[axis].Start)],
            [.. axes.Select(axis => ranges[axis].End is >= 0 and var end ? end : -x[axis] - 1)],
            [.. axes],
            strided ? [.. axes.Select(axis => ranges[axis].Step)] : []);
        return canonical == this && !context.Has(1) ? null : [context.Add(canonical, context.Input(0))];
    }

    public override Operator? ToChannelsLast(InferContext context) => !IsImage(context) || context.Has(1) ? null : this with
    {
        Axes = [.. Enumerable.Range(0, Starts.Count).Select(i => Extents.ChannelsLast(Axes.Count == 0 ? i : Extents.Axis(Axes[i], 4)))],
    };

    private protected override void Describe(MoveBuilder move, InferContext context)
    {
        Shape x = context.Shape(0);
        (int[] strides, int offset) = Place(Resolve(x, context), move.Strides(x));
        move.Copy(0, move.Output.AsSpan(), strides, move.Strides(move.Output), offset);
    }

    /// <summary>Where the elements of a canonical slice stand in its operand.</summary>
    /// <param name="x">Shape of the operand.</param>
    /// <param name="strides">Its strides in elements.</param>
    internal (int[] Strides, int Offset) Place(Shape x, int[] strides) =>
        Place(Resolve(x, new InferContext([TensorType.F32(x)], [null], 1)), strides);

    private static (int[] Strides, int Offset) Place(AxisRange[] ranges, int[] strides) => (
        [.. ranges.Select((range, axis) => range.Step * strides[axis])],
        ranges.Select((range, axis) => range.Count == 0 ? 0 : range.Start * strides[axis]).Sum());

    private bool HasNegativeStep(Canonicalizer context) => Resolve(context.Shape(0), context.Infer).Any(range => range.Step < 0);

    private AxisRange[] Resolve(Shape x, InferContext context)
    {
        long[] starts = Numbers(1, "starts", Starts), ends = Numbers(2, "ends", Ends), axes = Numbers(3, "axes", Axes), steps = Numbers(4, "steps", Steps);
        if (ends.Length != starts.Length || (axes.Length > 0 && axes.Length != starts.Length) || (steps.Length > 0 && steps.Length != starts.Length))
            throw OperatorException.Invalid($"Slice has {starts.Length} starts, {ends.Length} ends, {axes.Length} axes and {steps.Length} steps, which do not match.");
        AxisRange[] ranges = [.. x.Select(extent => new AxisRange(0, extent, 1))];
        for (int i = 0; i < starts.Length; i++)
        {
            int axis = Extents.Axis(axes.Length == 0 ? i : axes[i], x.Rank);
            ranges[axis] = AxisRange.Of(x[axis], starts[i], ends[i], steps.Length == 0 ? 1 : steps[i]);
        }

        return ranges;

        long[] Numbers(int input, string meaning, EquatableArray<int> attribute) => context.Has(input)
            ? context.RequireConstant(input, meaning).Integers()
            : [.. attribute.Select(value => (long)value)];
    }

    private readonly record struct AxisRange(int Start, int Count, int Step)
    {
        /// <summary>One step behind the last element; -1 for a range that goes backwards to the first.</summary>
        public int End => Step > 0 ? Math.Max(Start + (Count - 1) * Step + 1, Start) : Count == 0 ? Start : Start + (Count - 1) * Step - 1;

        public static AxisRange Of(int extent, long start, long end, long step)
        {
            if (step == 0)
                throw OperatorException.Invalid("Slice has a step of 0. Use 1.");
            (long lowest, long highest) = step > 0 ? (0L, (long)extent) : (-1L, extent - 1L);
            start = Math.Clamp(start < 0 ? Math.Max(start, -extent - 1L) + extent : start, Math.Max(lowest, 0), Math.Max(highest, 0));
            end = Math.Clamp(end < 0 ? Math.Max(end, -extent - 1L) + extent : end, lowest, highest);
            step = Math.Clamp(step, -extent - 1L, extent + 1L);
            long count = extent == 0 ? 0 : Math.Max(step > 0 ? (end - start + step - 1) / step : (start - end - step - 1) / -step, 0);
            return new((int)start, (int)count, count <= 1 ? 1 : (int)step);
        }
    }
}
