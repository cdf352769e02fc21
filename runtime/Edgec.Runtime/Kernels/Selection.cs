using System.Numerics;

namespace Edgec.Runtime.Kernels;

/// <summary>
/// The indices of the greatest or least elements along the middle axis of [Outer, Length, Inner], in their order, equal ones by index:
/// [Outer, count, Inner]. A row is one outer index.
/// </summary>
public static class Selection
{
    /// <param name="count">At most Length.</param>
    public static void Greatest<T>(in RowGeometry g, int count, ReadOnlySpan<T> x, Span<long> y, int firstRow, int endRow)
        where T : unmanaged, INumber<T> => Find(g, count, x, greatest: true, y, firstRow, endRow);

    /// <param name="count">At most Length.</param>
    public static void Least<T>(in RowGeometry g, int count, ReadOnlySpan<T> x, Span<long> y, int firstRow, int endRow)
        where T : unmanaged, INumber<T> => Find(g, count, x, greatest: false, y, firstRow, endRow);

    // Each element goes behind those already found that are as good, if it is among the best.
    private static void Find<T>(in RowGeometry g, int count, ReadOnlySpan<T> x, bool greatest, Span<long> y, int firstRow, int endRow)
        where T : unmanaged, INumber<T>
    {
        if (count == 0)
            return;
        for (int row = firstRow; row < endRow; row++)
            for (int inner = 0; inner < g.Inner; inner++)
            {
                ReadOnlySpan<T> source = x[(row * g.Length * g.Inner + inner)..];
                Span<long> target = y[(row * count * g.Inner + inner)..];
                int found = 0;
                for (int i = 0; i < g.Length; i++)
                {
                    T value = source[i * g.Inner];
                    int at = found;
                    for (; at > 0; at--)
                    {
                        T other = source[(int)target[(at - 1) * g.Inner] * g.Inner];
                        if (!(greatest ? value > other : value < other))
                            break;
                        if (at < count)
                            target[at * g.Inner] = target[(at - 1) * g.Inner];
                    }

                    if (at < count)
                    {
                        target[at * g.Inner] = i;
                        found = Math.Min(found + 1, count);
                    }
                }
            }
    }
}
