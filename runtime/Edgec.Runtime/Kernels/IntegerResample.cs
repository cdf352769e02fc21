using System.Numerics;

namespace Edgec.Runtime.Kernels;

/// <summary>Samples i8 or i16 images between their elements. A row is one output row: [0, Outer · OutHeight).</summary>
public static class IntegerResample
{
    /// <summary>finish(Σ row weight · column weight · (x - zero)), the sum exact.</summary>
    /// <param name="rowStarts">The first input row of each output row.</param>
    /// <param name="rowWeights">[OutHeight, RowTaps].</param>
    /// <param name="columnStarts">The first input column of each output column.</param>
    /// <param name="columnWeights">[OutWidth, ColumnTaps].</param>
    public static void Sample<T>(
        in ResampleGeometry g, ReadOnlySpan<T> x, int zero, ReadOnlySpan<int> rowStarts, ReadOnlySpan<short> rowWeights, ReadOnlySpan<int> columnStarts,
        ReadOnlySpan<short> columnWeights, Requantizer finish, Span<T> y, int firstRow, int endRow)
        where T : unmanaged, IBinaryInteger<T>
    {
        var sums = new long[g.Inner];
        for (int row = firstRow; row < endRow; row++)
        {
            (int outer, int oy) = Math.DivRem(row, g.OutHeight);
            for (int ox = 0; ox < g.OutWidth; ox++)
            {
                Array.Clear(sums);
                for (int i = 0; i < g.RowTaps; i++)
                {
                    for (int j = 0; j < g.ColumnTaps; j++)
                    {
                        int weight = rowWeights[oy * g.RowTaps + i] * columnWeights[ox * g.ColumnTaps + j];
                        ReadOnlySpan<T> source = x.Slice(g.Offset(outer, rowStarts[oy] + i, columnStarts[ox] + j), g.Inner);
                        for (int c = 0; c < sums.Length; c++)
                            sums[c] += (long)weight * (int.CreateTruncating(source[c]) - zero);
                    }
                }

                Span<T> target = y.Slice((row * g.OutWidth + ox) * g.Inner, g.Inner);
                for (int c = 0; c < sums.Length; c++)
                    target[c] = finish.Apply<T>(sums[c], 0);
            }
        }
    }
}
