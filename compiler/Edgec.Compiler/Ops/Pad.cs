using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// Extends axes at both ends by a constant, or by what the input holds: its edge, its mirror image, or its other end.
/// Negative pads crop. ONNX has all begins, then all ends; attributes up to opset 10, inputs (pads, value, axes) from 11 on.
/// </summary>
public sealed record Pad(EquatableArray<int> Pads, string Mode, float Value) : MoveOperator
{
    public static readonly OpDef Def = new("pad", "Pad", a =>
        new Pad(a.Opset < 2 ? a.Ints("paddings") : a.Ints("pads"), a.Text("mode", "constant"), a.Float("value", 0)));

    public override string Name => "pad";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            if (Pads.Count > 0)
                yield return ("pads", Pads);
            if (Mode != "constant")
                yield return ("mode", Mode);
            if (Value != 0)
                yield return ("value", Value);
        }
    }

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        (long[] begin, long[] end) = Resolve(x.Shape, context);
        return [x with { Shape = Extents.Checked([.. x.Shape.Select((extent, axis) => Math.Max(begin[axis] + extent + end[axis], -1))]) }];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Shape x = context.Shape(0);
        (long[] begin, long[] end) = Resolve(x, context.Infer);
        if (begin.Concat(end).All(pad => pad == 0))
            return [context.Input(0)];
        if (!context.Has(1) && !context.Has(2))
            return null;
        Tensor? value = Mode == "constant" && context.Has(2) ? context.RequireConstant(2, "constant value") : null;
        float number = value is null ? 0 : (float)value.Number(0);
        if (value is not null && !value.Bytes.SequenceEqual(Tensor.Scalar((double)number).ConvertTo(value.Element).Bytes))
            return null; // an integer beyond 24 bits stays an input
        return [context.Add(new Pad([.. begin.Concat(end).Select(pad => (int)pad)], Mode, number), context.Input(0))];
    }

    public override Operator? ToChannelsLast(InferContext context) => !IsImage(context) || context.Has(1) ? null : this with
    {
        Pads = [.. ChannelsLast([.. Pads.Take(4)]), .. ChannelsLast([.. Pads.Skip(4)])],
    };

    private protected override void Describe(MoveBuilder move, InferContext context)
    {
        Shape x = context.Shape(0);
        (long[] begin, _) = Resolve(x, context);
        if (Mode == "constant")
        {
            if (context.Has(2))
                move.Fill(context.RequireConstant(2, "constant value").ConvertTo(context.Input(0).Element));
            else
                move.Fill(Value);
        }

        move.Gather(0, x, [.. Enumerable.Range(0, x.Rank).Select(axis => Map(x[axis], (int)begin[axis], move.Output[axis]))]);
    }

    /// <summary>The input index for every output index of an axis; -1 where the constant stands.</summary>
    private int[] Map(int extent, int begin, int length)
    {
        var map = new int[length];
        for (int i = 0; i < length; i++)
        {
            int index = i - begin;
            map[i] = (uint)index < (uint)extent ? index : Mode switch
            {
                "edge" => Math.Clamp(index, 0, extent - 1),
                "wrap" => (index % extent + extent) % extent,
                "reflect" => Mirror(index, extent),
                _ => -1,
            };
        }

        return map;
    }

    // 3 2 1 [0 1 2 3] 2 1 0 1 …: period 2 (n - 1), the edge is not repeated.
    private static int Mirror(int index, int extent)
    {
        int period = Math.Max(2 * (extent - 1), 1);
        int phase = (index % period + period) % period;
        return Math.Min(phase, period - phase) % extent;
    }

    private (long[] Begin, long[] End) Resolve(Shape x, InferContext context)
    {
        if (Mode is not ("constant" or "edge" or "reflect" or "wrap"))
            throw OperatorException.Invalid($"Pad mode {Mode} is not one of constant, edge, reflect, wrap.");
        long[] pads = context.Has(1) ? context.RequireConstant(1, "pads").Integers() : [.. Pads.Select(pad => (long)pad)];
        int[] axes = context.Has(3)
            ? [.. context.RequireConstant(3, "axes").Integers().Select(axis => Extents.Axis(axis, x.Rank))]
            : [.. Enumerable.Range(0, x.Rank)];
        if (pads.Length != 2 * axes.Length || pads.Any(pad => Math.Abs(Math.Max(pad, -long.MaxValue)) > Extents.MaxElements))
            throw OperatorException.Invalid($"Pad needs {2 * axes.Length} pads for {axes.Length} axes, not [{string.Join(',', pads)}].");
        long[] begin = new long[x.Rank], end = new long[x.Rank];
        for (int i = 0; i < axes.Length; i++)
        {
            (begin[axes[i]], end[axes[i]]) = (pads[i], pads[i + axes.Length]);
            if (x[axes[i]] == 0 && Mode != "constant" && pads[i] + pads[i + axes.Length] > 0)
                throw OperatorException.Invalid($"Pad mode {Mode} has nothing to take from axis {axes[i]} of {x}.");
        }

        return (begin, end);
    }
}
