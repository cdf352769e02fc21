using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>For each batch entry, the first so many steps of time (input 1) backwards and the others as they are.</summary>
public sealed record ReverseSequence(int TimeAxis, int BatchAxis) : MoveOperator
{
    public static readonly OpDef Def = new("reverse-sequence", "ReverseSequence", a =>
        new ReverseSequence(a.Int("time_axis", 0), a.Int("batch_axis", 1)));

    public override string Name => "reverse-sequence";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => [("time_axis", TimeAxis), ("batch_axis", BatchAxis)];

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        int time = Extents.Axis(TimeAxis, x.Shape.Rank), batch = Extents.Axis(BatchAxis, x.Shape.Rank);
        return time != batch && context.Shape(1).ElementCount == x.Shape[batch]
            ? [x]
            : throw OperatorException.Invalid($"ReverseSequence of {x.Shape} needs a length for each entry of axis {batch}, not {context.Shape(1)}.");
    }

    private protected override void Describe(MoveBuilder move, InferContext context)
    {
        Shape x = context.Shape(0);
        int time = Extents.Axis(TimeAxis, x.Rank), batch = Extents.Axis(BatchAxis, x.Rank);
        long[] lengths = context.RequireConstant(1, "lengths").Integers();
        int[][] maps = [.. x.Select(Identity)];
        for (int b = 0; b < x[batch]; b++)
        {
            int length = (int)Math.Clamp(lengths[b], 0, x[time]);
            maps[batch] = [b];
            maps[time] = [.. Enumerable.Range(0, x[time]).Select(t => t < length ? length - 1 - t : t)];
            var target = new int[x.Rank];
            target[batch] = b;
            move.Gather(0, x, maps, target);
        }
    }
}
