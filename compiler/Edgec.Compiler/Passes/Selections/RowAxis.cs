using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes.Selections;

/// <summary>Which axis of a result counts rows, if that of its operands does and each row is computed by itself.</summary>
internal static class RowAxis
{
    /// <summary>The axis; null if the operator does not compute row by row.</summary>
    /// <param name="axisOf">That of an operand, null if it has no rows.</param>
    public static int? Of(Graph graph, Node node, Func<string, int?> axisOf)
    {
        Shape y = graph.TypeOf(node.Output).Shape;
        Shape[] shapes = [.. node.Inputs.Select(input => input.Length == 0 ? Shape.Scalar : graph.TypeOf(input).Shape)];
        int?[] axes = [.. node.Inputs.Select(input => input.Length == 0 ? null : axisOf(input))];
        bool alone = axes.Skip(1).All(axis => axis is null);
        return node.Op switch
        {
            Unary or Binary or Compare or Where or Predicate or Cast or Expand => Broadcast(shapes, axes, y),
            Reshape when alone => Kept(shapes[0], axes[0]!.Value, y),
            Transpose { Permutation: var permutation } => permutation.ToList().IndexOf(axes[0]!.Value),
            Slice { Axes: var cut } when alone => cut.Contains(axes[0]!.Value) ? null : axes[0],
            Gather gather => Gathered(Extents.Axis(gather.Axis, shapes[0].Rank), axes[0], axes[1], shapes[1].Rank),
            GatherElements gather => axes[1] is { } at && (axes[0] == at || axes[0] is null) && (Extents.Axis(gather.Axis, y.Rank) == at) == axes[0] is null ? at : null,
            GatherND { BatchAxes: 0 } when axes is [null, { } at] => at < shapes[1].Rank - 1 ? at : at > 0 && shapes[1][at] == 1 ? 0 : null, // of one row any axis counts
            MatMul when alone => Product(shapes, axes[0]!.Value, y),
            Gemm { TransposeA: false } when alone && axes[0] == 0 => 0,
            Softmax { Flatten: false } softmax => Extents.Axis(softmax.Axis, y.Rank) == axes[0] ? null : axes[0],
            LayerNormalization { Axis: var from } when alone => axes[0] < Extents.Axis(from, y.Rank) ? axes[0] : null,
            RmsNormalization { Axis: var from } when alone => axes[0] < Extents.Axis(from, y.Rank) ? axes[0] : null,
            Concat concat => Extents.Axis(concat.Axis, y.Rank) is var along && axes.OfType<int>().Distinct().ToArray() is [var only] && only != along ? only : null,
            Reduce { Axes: var reduced, KeepDims: var kept } when alone => Left(shapes[0], [.. reduced], kept, axes[0]!.Value),
            _ => null,
        };
    }

    private static int? Broadcast(Shape[] shapes, int?[] axes, Shape y)
    {
        int?[] aligned = [.. axes.Zip(shapes, (axis, shape) => axis is { } at ? y.Rank - shape.Rank + at : (int?)null)];
        if (aligned.OfType<int>().Distinct().ToArray() is not [var axis])
            return null;
        return Array.TrueForAll([.. shapes.Zip(aligned)], operand => operand.Second is null || operand.First[^(y.Rank - axis)] == y[axis]) ? axis : null;
    }

    // The axis of the result that counts the same elements.
    private static int? Kept(Shape x, int axis, Shape y)
    {
        int before = x.Product(0, axis);
        for (int i = 0; i < y.Rank; i++)
        {
            if (y[i] == x[axis] && y.Product(0, i) == before)
                return i;
        }

        return null;
    }

    private static int? Gathered(int axis, int? data, int? indices, int rank) => (data, indices) switch
    {
        (null, { } at) => axis + at,
        ({ } at, null) when at < axis => at,
        ({ } at, null) when at > axis => at + rank - 1,
        _ => null,
    };

    // Rows of the left operand; the right one is the same for all of them.
    private static int? Product(Shape[] shapes, int axis, Shape y)
    {
        int fromEnd = shapes[0].Rank - axis;
        bool same = fromEnd == 2 || shapes[1].Rank < fromEnd || shapes[1][^fromEnd] == 1;
        return fromEnd > 1 && same ? y.Rank - fromEnd : null;
    }

    private static int? Left(Shape x, int[] reduced, bool kept, int axis)
    {
        int[] axes = reduced.Length == 0 ? [.. Enumerable.Range(0, x.Rank)] : [.. reduced.Select(i => Extents.Axis(i, x.Rank))];
        return axes.Contains(axis) ? null : kept ? axis : axis - axes.Count(i => i < axis);
    }
}
