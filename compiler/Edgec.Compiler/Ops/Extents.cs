using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>Shapes and axes computed from what a model says, which may be anything.</summary>
internal static class Extents
{
    /// <summary>The most elements a tensor may have: with 4-byte elements it still fits into an array.</summary>
    public const long MaxElements = 1L << 29;

    /// <exception cref="OperatorException">An extent is negative, or the tensor would be too large.</exception>
    public static Shape Checked(IReadOnlyList<long> extents)
    {
        bool empty = extents.Contains(0);
        long count = 1;
        foreach (long extent in extents)
        {
            if (extent is < 0 or > MaxElements)
                throw OperatorException.Invalid($"[{string.Join(',', extents)}] is no shape edgec can hold. Every extent must lie in [0, {MaxElements}].");
            count = empty ? 0 : count * extent;
            if (count > MaxElements)
                throw OperatorException.Invalid($"A tensor [{string.Join(',', extents)}] has more than {MaxElements} elements. Make it smaller.");
        }

        return Shape.From(extents.Select(e => (int)e));
    }

    /// <summary>An axis in [0, rank) from one in [-rank, rank).</summary>
    /// <exception cref="OperatorException">It is out of range.</exception>
    public static int Axis(long axis, int rank) => axis >= -rank && axis < rank
        ? (int)(axis < 0 ? axis + rank : axis)
        : throw OperatorException.Invalid($"Axis {axis} is not in [{-rank}, {rank - 1}].");

    /// <summary>Where axis <paramref name="axis"/> of [N, C, H, W] stands in [N, H, W, C].</summary>
    public static int ChannelsLast(int axis) => axis switch { 1 => 3, 2 => 1, 3 => 2, _ => axis };

    /// <summary>The shape to which operands broadcast as in numpy.</summary>
    /// <exception cref="OperatorException">They do not.</exception>
    public static Shape Broadcast(params ReadOnlySpan<Shape> operands)
    {
        int rank = 0;
        foreach (Shape operand in operands)
            rank = Math.Max(rank, operand.Rank);
        var extents = new long[rank];
        Array.Fill(extents, 1);
        foreach (Shape operand in operands)
        {
            for (int i = 0; i < operand.Rank; i++)
            {
                ref long extent = ref extents[rank - operand.Rank + i];
                if (operand[i] == 1)
                    continue;
                if (extent != 1 && extent != operand[i])
                    throw OperatorException.Invalid($"Shapes {string.Join(" and ", operands.ToArray().Select(s => s.ToString()))} do not broadcast.");
                extent = operand[i];
            }
        }

        return Checked(extents);
    }

    /// <summary>
    /// The shape of an operand whose axes line up with those of <paramref name="other"/> from <paramref name="axis"/> on, as
    /// operators up to opset 6 have it: <c>[C]</c> at axis 1 of <c>[N,C,H,W]</c> is <c>[C,1,1]</c>.
    /// </summary>
    public static Shape Align(Shape operand, Shape other, int? axis)
    {
        if (axis is null || operand.ElementCount == 1)
            return operand;
        int behind = other.Rank - Axis(axis.Value, Math.Max(other.Rank, 1)) - operand.Rank;
        if (behind < 0)
            throw OperatorException.Invalid($"Shape {operand} does not fit into {other} at axis {axis}.");
        return [.. operand, .. Enumerable.Repeat(1, behind)];
    }
}
