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
