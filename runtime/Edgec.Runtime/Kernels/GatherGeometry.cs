using System.Numerics;
using Edgec.Runtime.Arithmetic;

namespace Edgec.Runtime.Kernels;

/// <summary>
/// Places that indices name in some neighbouring axes: the data is [Outer, Extents…, Inner], what is gathered from it or scattered
/// into it [Outer, Count, Inner], and a tuple of indices, one for each of the extents, takes the place of these axes. A row is one of Outer · Count.
/// </summary>
/// <param name="Extents">Of the axes that are looked up, each at least 1.</param>
/// <param name="OuterIndexed">Each outer index has tuples of its own; else all have the same.</param>
/// <param name="InnerIndexed">Each inner index has tuples of its own; else all have the same.</param>
public sealed record GatherGeometry(int Outer, int Count, int Inner, int[] Extents, bool OuterIndexed, bool InnerIndexed)
{
    /// <summary>Most axes that are looked up.</summary>
    public const int MaxDepth = 8;

    public int Rows => Outer * Count;

    /// <summary>Places in the axes that are looked up.</summary>
    public int Plane => Extents.Aggregate(1, (product, extent) => product * extent);

    /// <summary>The place of an element of a row in [Outer, Extents…], by its tuple.</summary>
    internal int Place<TIndex>(ReadOnlySpan<TIndex> indices, int row, int inner) where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        int tuple = OuterIndexed ? row : row % Count, place = row / Count;
        if (InnerIndexed)
            tuple = tuple * Inner + inner;
        for (int axis = 0; axis < Extents.Length; axis++)
            place = place * Extents[axis] + Scalar.Position(long.CreateTruncating(indices[tuple * Extents.Length + axis]), Extents[axis]);
        return place;
    }
}
