namespace Edgec.Runtime.Kernels;

/// <summary>Reduces the middle axis of f32 [Outer, Length, Inner] to [Outer, Inner], then clamps. A row is one outer index.</summary>
public static class FloatReduce
{
    /// <summary>Σ x, in order.</summary>
    public static void Sum(in RowGeometry g, ReadOnlySpan<float> x, float lo, float hi, Span<float> y, int firstRow, int endRow) =>
        Add(g, x, 1, lo, hi, y, firstRow, endRow);

    /// <summary>Σ x / Length.</summary>
    public static void Mean(in RowGeometry g, ReadOnlySpan<float> x, float lo, float hi, Span<float> y, int firstRow, int endRow) =>
        Add(g, x, g.Length, lo, hi, y, firstRow, endRow);

    public static void Maximum(in RowGeometry g, ReadOnlySpan<float> x, float lo, float hi, Span<float> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            Span<float> target = y.Slice(row * g.Inner, g.Inner);
            target.Fill(float.NegativeInfinity);
            for (int i = 0; i < g.Length; i++)
            {
                ReadOnlySpan<float> source = x.Slice((row * g.Length + i) * g.Inner, g.Inner);
                for (int c = 0; c < target.Length; c++)
                    target[c] = Math.Max(target[c], source[c]);
            }

            Clamp(target, lo, hi);
        }
    }

    public static void Minimum(in RowGeometry g, ReadOnlySpan<float> x, float lo, float hi, Span<float> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            Span<float> target = y.Slice(row * g.Inner, g.Inner);
            target.Fill(float.PositiveInfinity);
            for (int i = 0; i < g.Length; i++)
            {
                ReadOnlySpan<float> source = x.Slice((row * g.Length + i) * g.Inner, g.Inner);
                for (int c = 0; c < target.Length; c++)
                    target[c] = Math.Min(target[c], source[c]);
            }

            Clamp(target, lo, hi);
        }
    }

    private static void Add(
        in RowGeometry g, ReadOnlySpan<float> x, float divisor, float lo, float hi, Span<float> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            Span<float> target = y.Slice(row * g.Inner, g.Inner);
            target.Clear();
            for (int i = 0; i < g.Length; i++)
            {
                ReadOnlySpan<float> source = x.Slice((row * g.Length + i) * g.Inner, g.Inner);
                for (int c = 0; c < target.Length; c++)
                    target[c] += source[c];
            }

            for (int c = 0; c < target.Length; c++)
                target[c] /= divisor;
            Clamp(target, lo, hi);
        }
    }

    private static void Clamp(Span<float> values, float lo, float hi)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = Math.Min(Math.Max(values[i], lo), hi);
    }
}
