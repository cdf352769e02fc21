namespace Edgec.Runtime.Kernels;

/// <summary>Element-wise functions in single precision with broadcasting. A row is the innermost loop: [0, Rows).</summary>
public static class FloatMap
{
    /// <summary><see cref="FloatFunctions"/> of each element.</summary>
    public static void Unary(
        BroadcastGeometry g, UnaryFunction function, float alpha, float beta, ReadOnlySpan<float> x, Span<float> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            int i = g.RowOffset(0, row), step = g.RowStep(0);
            foreach (ref float value in y.Slice(row * g.RowLength, g.RowLength))
            {
                value = FloatFunctions.Apply(function, x[i], alpha, beta);
                i += step;
            }
        }
    }

    /// <summary>max(x, 0) less what stands at |x| between two entries, 1 / <paramref name="perUnit"/> apart; nothing behind the last.</summary>
    public static void ReluDelta(ReadOnlySpan<float> x, ReadOnlySpan<float> entries, float perUnit, Span<float> y, int first, int end)
    {
        for (int i = first; i < end; i++)
        {
            float position = MathF.Abs(x[i]) * perUnit, relu = Math.Max(x[i], 0);
            if (!(position < entries.Length - 1))
            {
                y[i] = relu; // or what is not a number
                continue;
            }

            int at = (int)position;
            y[i] = relu - (entries[at] + (position - at) * (entries[at + 1] - entries[at]));
        }
    }

    /// <summary><c>clamp(function(a, b), lo, hi)</c> of each pair.</summary>
    public static void Binary(
        BroadcastGeometry g, BinaryFunction function, ReadOnlySpan<float> a, ReadOnlySpan<float> b, float lo, float hi, Span<float> y,
        int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            (int i, int stepA, int j, int stepB) = g.Pair(row);
            foreach (ref float value in y.Slice(row * g.RowLength, g.RowLength))
            {
                value = Math.Min(Math.Max(FloatFunctions.Apply(function, a[i], b[j]), lo), hi);
                i += stepA;
                j += stepB;
            }
        }
    }
}
