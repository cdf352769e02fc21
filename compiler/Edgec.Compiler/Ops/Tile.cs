using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// The whole input repeated <c>Repeats[i]</c> times along axis i. The counts are input 1; up to opset 5, input 1 is one
/// count and input 2 its axis.
/// </summary>
public sealed record Tile(EquatableArray<int> Repeats) : MoveOperator
{
    public static readonly OpDef Def = new("tile", "Tile", a => new Tile(a.Ints("repeats")));

    public override string Name => "tile";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Repeats.Count == 0 ? [] : [("repeats", Repeats)];

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        return [x with { Shape = Extents.Checked([.. x.Shape.Zip(Resolve(x.Shape, context), (extent, repeat) => extent * repeat)]) }];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Shape x = context.Shape(0);
        long[] repeats = Resolve(x, context.Infer);
        if (repeats.All(repeat => repeat == 1))
            return [context.Input(0)];
        return context.Has(1) ? [context.Add(new Tile([.. repeats.Select(repeat => (int)repeat)]), context.Input(0))] : null;
    }

    public override Operator? ToChannelsLast(InferContext context) =>
        IsImage(context) && !context.Has(1) ? new Tile(ChannelsLast(Repeats)) : null;

    private protected override void Describe(MoveBuilder move, InferContext context)
    {
        Shape x = context.Shape(0);
        long[] repeats = Resolve(x, context);
        int[] source = move.Strides(x), target = move.Strides(move.Output);
        // Axis by axis: which copy, then which element of it.
        move.Copy(
            0,
            [.. Enumerable.Range(0, x.Rank).SelectMany(axis => new[] { (int)repeats[axis], x[axis] })],
            [.. Enumerable.Range(0, x.Rank).SelectMany(axis => new[] { 0, source[axis] })],
            [.. Enumerable.Range(0, x.Rank).SelectMany(axis => new[] { x[axis] * target[axis], target[axis] })]);
    }

    private long[] Resolve(Shape x, InferContext context)
    {
        long[] repeats = context.Has(1) ? context.RequireConstant(1, "repeats").Integers() : [.. Repeats.Select(repeat => (long)repeat)];
        if (context.Has(2) && repeats.Length == 1)
        {
            int axis = Extents.Axis(context.RequireConstant(2, "axis").Integer(0), x.Rank);
            long tiles = repeats[0];
            repeats = [.. Enumerable.Range(0, x.Rank).Select(i => i == axis ? tiles : 1)];
        }

        return repeats.Length == x.Rank && repeats.All(repeat => repeat is >= 0 and <= Extents.MaxElements)
            ? repeats
            : throw OperatorException.Invalid($"Tile needs {x.Rank} repeats that are not negative, not [{string.Join(',', repeats)}].");
    }
}
