namespace Edgec.Runtime.Kernels;

/// <summary>Products of i8 rows with weights that have a multiplier for each group of them.</summary>
public static class GroupedMatmul
{
    /// <summary>finish(bias + Σ over groups multiplier · (Σ (left - leftZero) · weight)).</summary>
    /// <param name="weights">[Columns, Inner].</param>
    /// <param name="size">Weights of a group, consecutive in a column's.</param>
    /// <param name="multipliers">[Columns, groups].</param>
    /// <param name="bias">[Columns], or empty for none.</param>
    public static void Multiply(
        in MatmulGeometry g, ReadOnlySpan<sbyte> left, int leftZero, ReadOnlySpan<sbyte> weights, int size, ReadOnlySpan<byte> multipliers,
        ReadOnlySpan<int> bias, Requantizer finish, Span<sbyte> y, int firstRow, int endRow)
    {
        long[] corrections = GroupedDot.Corrections(weights, size, multipliers, bias, leftZero, g.Columns, g.Inner);
        for (int row = firstRow; row < endRow; row++)
        {
            ReadOnlySpan<sbyte> values = left.Slice((g.BroadcastLeft ? row % g.Rows : row) * g.Inner, g.Inner);
            Span<sbyte> target = y.Slice(row * g.Columns, g.Columns);
            for (int c = 0; c < target.Length; c++)
                target[c] = finish.Apply<sbyte>(corrections[c] + GroupedDot.Product(values, weights, size, multipliers, c), c);
        }
    }
}
