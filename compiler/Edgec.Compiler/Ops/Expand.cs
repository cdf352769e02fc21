using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>Repeats axes of extent 1, as broadcasting with a tensor of the given shape would.</summary>
public sealed record Expand(EquatableArray<int> Shape) : MoveOperator
{
    public static readonly OpDef Def = new("expand", "Expand", a => new Expand(a.Ints("shape")));

    public override string Name => "expand";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Shape.Count == 0 ? [] : [("shape", Shape)];

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        long[] wanted = context.Has(1) ? context.RequireConstant(1, "shape").Integers() : [.. Shape.Select(extent => (long)extent)];
        return [x with { Shape = Extents.Broadcast(x.Shape, Extents.Checked(wanted)) }];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Shape x = context.Shape(0), y = context.OutputType().Shape;
        if (x == y)
            return [context.Input(0)];
        if (x.ElementCount == y.ElementCount)
            return [context.Add(new Reshape([.. y]), context.Input(0))];
        if (x.Rank < y.Rank)
            return [context.Add(new Expand([.. y]), context.Add(new Reshape([.. Enumerable.Repeat(1, y.Rank - x.Rank), .. x]), context.Input(0)))];
        return context.Has(1) || !Shape.SequenceEqual(y) ? [context.Add(new Expand([.. y]), context.Input(0))] : null;
    }

    public override Operator? ToChannelsLast(InferContext context) =>
        IsImage(context) && !context.Has(1) && Shape.Count == 4 ? new Expand(ChannelsLast(Shape)) : null;

    private protected override void Describe(MoveBuilder move, InferContext context)
    {
        Shape x = context.Shape(0);
        int[] source = move.Strides(x);
        int lead = move.Output.Rank - x.Rank;
        move.Copy(
            0, move.Output.AsSpan(), [.. Enumerable.Range(0, move.Output.Rank).Select(axis => axis < lead || x[axis - lead] == 1 ? 0 : source[axis - lead])],
            move.Strides(move.Output));
    }
}
