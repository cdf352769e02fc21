using System.Numerics;

namespace Edgec.Runtime.Kernels;

/// <summary>Products of i8 or i16 rows with the weights of the experts that indices name. A row is a place in the order of the geometry: [0, Rows · Choices).</summary>
public static class IntegerExperts
{
    /// <summary>finish(bias + Σ (left - leftZero) · weight), each result row with the weights, bias and finish of its expert.</summary>
    /// <param name="weights">[Experts, Columns, Inner].</param>
    /// <param name="bias">[Experts, Columns], or empty for none.</param>
    /// <param name="finish">For each of Experts · Columns, or for all.</param>
    /// <param name="group">Weights of a group that has a multiplier, consecutive in a column's; 0 for none.</param>
    /// <param name="multipliers">[Experts · Columns, groups], or empty.</param>
    public static void Multiply<T, TIndex>(
        in ExpertGeometry g, ReadOnlySpan<T> left, int leftZero, ReadOnlySpan<TIndex> indices, ReadOnlySpan<sbyte> weights, int group, ReadOnlySpan<byte> multipliers,
        ReadOnlySpan<int> bias, Requantizer finish, Span<T> y, int firstRow, int endRow)
        where T : unmanaged, IBinaryInteger<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        (int Row, int Expert)[] order = g.Order(indices);
        var corrections = new long[g.Experts][];
        foreach ((int row, int expert) in order.AsSpan(firstRow, endRow - firstRow))
        {
            int firstColumn = expert * g.Columns, matrix = g.Columns * g.Inner;
            ReadOnlySpan<sbyte> columns = weights.Slice(expert * matrix, matrix);
            long[] expertCorrections = corrections[expert] ??= Corrections(g, columns, group, multipliers, bias, leftZero, firstColumn);
            ReadOnlySpan<T> values = left.Slice(g.LeftRow(row) * g.Inner, g.Inner);
            Span<T> target = y.Slice(row * g.Columns, g.Columns);
            for (int c = 0; c < target.Length; c++)
            {
                ReadOnlySpan<sbyte> column = columns.Slice(c * g.Inner, g.Inner);
                long sum = group == 0 ? IntegerDot.Product(values, column) : GroupedDot.Column(values, column, group, Part(multipliers, g, group, firstColumn + c));
                target[c] = finish.Apply<T>(sum + expertCorrections[c], firstColumn + c);
            }
        }
    }

    private static long[] Corrections(
        in ExpertGeometry g, ReadOnlySpan<sbyte> columns, int group, ReadOnlySpan<byte> multipliers, ReadOnlySpan<int> bias, int zero, int firstColumn)
    {
        ReadOnlySpan<int> own = bias.IsEmpty ? bias : bias.Slice(firstColumn, g.Columns);
        if (group == 0)
            return IntegerWindow.Corrections(columns, own, zero, g.Columns, g.Inner);
        int groups = (g.Inner + group - 1) / group;
        return GroupedDot.Corrections(columns, group, multipliers.Slice(firstColumn * groups, g.Columns * groups), own, zero, g.Columns, g.Inner);
    }

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> multipliers, in ExpertGeometry g, int group, int column)
    {
        int groups = (g.Inner + group - 1) / group;
        return multipliers.Slice(column * groups, groups);
    }
}
