using Edgec.Runtime.Arithmetic;

namespace Edgec.Runtime.Kernels;

/// <summary>
/// Attention on i8 without its probabilities (docs/numerics.md §4): a query's scores, their exponentials and its weighted sum of the
/// values are finished before the next query's, and the weighted sum rounds once. A row is one query of one batch: [0, Batch · Rows).
/// </summary>
public static class IntegerAttention
{
    /// <param name="q">[Batch, Rows, Inner].</param>
    /// <param name="scores">Makes Σ (q - qZero)·(k - kZero) a score of 8 bits.</param>
    /// <param name="exponentials">[256]: round(32767 · exp(-scale · d)) for d = maximum - score.</param>
    /// <param name="multiplier">With <paramref name="shift"/>: scale(v) / scale(y).</param>
    /// <param name="bias">Where in <paramref name="biases"/> the numbers added to a score lie; not used where there are none.</param>
    public static void Attend(
        in AttentionGeometry g, ReadOnlySpan<sbyte> q, int qZero, ReadOnlySpan<sbyte> k, int kZero, Requantizer scores, ReadOnlySpan<short> exponentials,
        ReadOnlySpan<sbyte> v, int vZero, int multiplier, int shift, int zero, int lo, int hi, Span<sbyte> y, int firstRow, int endRow,
        in AttentionBias bias = default, ReadOnlySpan<sbyte> biases = default)
    {
        Span<sbyte> row = new sbyte[g.Columns];
        Span<short> weights = new short[g.Columns];
        Span<long> sums = new long[g.Width];
        for (int r = firstRow; r < endRow; r++)
        {
            int context = g.OneContext ? 0 : r / g.Rows;
            ReadOnlySpan<sbyte> added = biases.IsEmpty ? default : biases.Slice(bias.Row(g, r), g.Columns);
            Score(g, q.Slice(r * g.Inner, g.Inner), qZero, k.Slice(context * g.Columns * g.Inner, g.Columns * g.Inner), kZero, scores, bias, added, row);
            uint sum = Weigh(row, exponentials, weights);
            if (sum == 0)
                continue; // no keys: otherwise the greatest score's exponential is 32767
            Total(g, weights, v.Slice(context * g.Columns * g.Width, g.Columns * g.Width), sums);
            int normalization = Softmax.NormalizationShift(sum);
            uint reciprocal = Softmax.Reciprocal(sum, normalization);
            for (int c = 0; c < g.Width; c++)
            {
                long centered = sums[c] - vZero * (long)sum;
                y[r * g.Width + c] = (sbyte)Softmax.RequantizeWeighted(centered, reciprocal, normalization, multiplier, shift, zero, lo, hi);
            }
        }
    }

    private static void Score(
        in AttentionGeometry g, ReadOnlySpan<sbyte> query, int qZero, ReadOnlySpan<sbyte> keys, int kZero, Requantizer scores,
        in AttentionBias bias, ReadOnlySpan<sbyte> added, Span<sbyte> row)
    {
        (int key, int element) = g.KeysByRow ? (g.Inner, 1) : (1, g.Columns);
        for (int c = 0; c < row.Length; c++)
        {
            int sum = 0;
            for (int i = 0; i < query.Length; i++)
                sum += (query[i] - qZero) * (keys[c * key + i * element] - kZero);
            row[c] = scores.Apply<sbyte>(sum, 0, added.IsEmpty ? 0 : (added[c] - bias.Zero) * (long)bias.Multiplier);
        }
    }

    private static uint Weigh(ReadOnlySpan<sbyte> row, ReadOnlySpan<short> exponentials, Span<short> weights)
    {
        int highest = sbyte.MinValue;
        foreach (sbyte score in row)
            highest = Math.Max(highest, score);
        uint sum = 0;
        for (int c = 0; c < row.Length; c++)
        {
            weights[c] = exponentials[highest - row[c]];
            sum += (uint)weights[c];
        }

        return sum;
    }

    private static void Total(in AttentionGeometry g, ReadOnlySpan<short> weights, ReadOnlySpan<sbyte> values, Span<long> sums)
    {
        sums.Clear();
        for (int c = 0; c < weights.Length; c++)
        {
            int weight = weights[c];
            ReadOnlySpan<sbyte> value = values.Slice(c * g.Width, g.Width);
            for (int i = 0; i < value.Length; i++)
                sums[i] += weight * value[i];
        }
    }
}
