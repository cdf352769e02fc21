namespace Edgec.Runtime.Kernels;

/// <summary>Samples images between their elements in single precision. A row is one output row: [0, Outer · OutHeight).</summary>
public static class FloatResample
{
    /// <summary>Σ row weight · column weight · x, in the order of the taps. The arguments are those of <see cref="IntegerResample"/>.</summary>
    public static void Sample(
        in ResampleGeometry g, ReadOnlySpan<float> x, ReadOnlySpan<int> rowStarts, ReadOnlySpan<float> rowWeights, ReadOnlySpan<int> columnStarts,
        ReadOnlySpan<float> columnWeights, Span<float> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            (int outer, int oy) = Math.DivRem(row, g.OutHeight);
            for (int ox = 0; ox < g.OutWidth; ox++)
            {
                Span<float> target = y.Slice((row * g.OutWidth + ox) * g.Inner, g.Inner);
                target.Clear();
                for (int i = 0; i < g.RowTaps; i++)
                {
                    for (int j = 0; j < g.ColumnTaps; j++)
                    {
                        float weight = rowWeights[oy * g.RowTaps + i] * columnWeights[ox * g.ColumnTaps + j];
                        ReadOnlySpan<float> source = x.Slice(g.Offset(outer, rowStarts[oy] + i, columnStarts[ox] + j), g.Inner);
                        for (int c = 0; c < target.Length; c++)
                            target[c] += weight * source[c];
                    }
                }
            }
        }
    }
}
