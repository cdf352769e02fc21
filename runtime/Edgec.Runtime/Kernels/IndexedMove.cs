using System.Numerics;

namespace Edgec.Runtime.Kernels;

/// <summary>
/// Moves elements from or to places that are known at run time only. A negative index counts from the end; one that is out of range
/// stands for the nearest end (<see cref="Arithmetic.Scalar.Position"/>), so nothing outside the data is ever touched.
/// </summary>
public static class IndexedMove
{
    /// <summary>Rows [firstRow, endRow) of the result [Outer, Count, Inner], each from where its indices say.</summary>
    /// <param name="x">[Outer, Extents…, Inner].</param>
    public static void Gather<T, TIndex>(GatherGeometry g, ReadOnlySpan<T> x, ReadOnlySpan<TIndex> indices, Span<T> y, int firstRow, int endRow)
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        for (int row = firstRow; row < endRow; row++)
        {
            Span<T> target = y.Slice(row * g.Inner, g.Inner);
            if (!g.InnerIndexed)
            {
                x.Slice(g.Place(indices, row, 0) * g.Inner, g.Inner).CopyTo(target);
                continue;
            }

            for (int i = 0; i < g.Inner; i++)
                target[i] = x[g.Place(indices, row, i) * g.Inner + i];
        }
    }

    /// <summary>The data with all rows of the updates put where their indices say, one after the other: of two at one place the later stays.</summary>
    /// <param name="x">[Outer, Extents…, Inner], as is the result.</param>
    /// <param name="updates">[Outer, Count, Inner].</param>
    public static void Scatter<T, TIndex>(GatherGeometry g, ReadOnlySpan<T> x, ReadOnlySpan<TIndex> indices, ReadOnlySpan<T> updates, Span<T> y)
        where T : unmanaged
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        x.CopyTo(y);
        for (int row = 0; row < g.Rows; row++)
        {
            ReadOnlySpan<T> source = updates.Slice(row * g.Inner, g.Inner);
            if (!g.InnerIndexed)
            {
                source.CopyTo(y[(g.Place(indices, row, 0) * g.Inner)..]);
                continue;
            }

            for (int i = 0; i < g.Inner; i++)
                y[g.Place(indices, row, i) * g.Inner + i] = source[i];
        }
    }
}
