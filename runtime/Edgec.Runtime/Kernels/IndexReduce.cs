namespace Edgec.Runtime.Kernels;

/// <summary>The index of the greatest or least element along the middle axis of [Outer, Length, Inner]. A row is one outer index.</summary>
public static class IndexReduce
{
    /// <param name="last">The last of equal elements instead of the first.</param>
    public static void Maximum(in RowGeometry g, ReadOnlySpan<sbyte> x, bool last, Span<long> y, int firstRow, int endRow) =>
        Find(g, x, 1, last, y, firstRow, endRow);

    /// <param name="last">The last of equal elements instead of the first.</param>
    public static void Minimum(in RowGeometry g, ReadOnlySpan<sbyte> x, bool last, Span<long> y, int firstRow, int endRow) =>
        Find(g, x, -1, last, y, firstRow, endRow);

    /// <param name="last">The last of equal elements instead of the first.</param>
    public static void Maximum(in RowGeometry g, ReadOnlySpan<float> x, bool last, Span<long> y, int firstRow, int endRow) =>
        Find(g, x, 1, last, y, firstRow, endRow);

    /// <param name="last">The last of equal elements instead of the first.</param>
    public static void Minimum(in RowGeometry g, ReadOnlySpan<float> x, bool last, Span<long> y, int firstRow, int endRow) =>
        Find(g, x, -1, last, y, firstRow, endRow);

    // The greatest of sign · x.
    private static void Find<T>(in RowGeometry g, ReadOnlySpan<T> x, int sign, bool last, Span<long> y, int firstRow, int endRow)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        for (int row = firstRow; row < endRow; row++)
            for (int inner = 0; inner < g.Inner; inner++)
            {
                int first = row * g.Length * g.Inner + inner, best = 0;
                for (int i = 1; i < g.Length; i++)
                {
                    T value = x[first + i * g.Inner], sofar = x[first + best * g.Inner];
                    bool better = sign > 0 ? value > sofar : value < sofar, worse = sign > 0 ? value < sofar : value > sofar;
                    if (better || (last && !worse))
                        best = i;
                }

                y[row * g.Inner + inner] = best;
            }
    }
}
