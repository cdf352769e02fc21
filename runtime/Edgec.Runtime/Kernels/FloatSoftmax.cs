namespace Edgec.Runtime.Kernels;

/// <summary>Softmax in single precision along the middle axis of [Outer, Length, Inner]. A row is one outer index.</summary>
public static class FloatSoftmax
{
    /// <param name="logarithm">The logarithm of the softmax: x - max - log Σ exp(x - max).</param>
    public static void Normalize(in RowGeometry g, ReadOnlySpan<float> x, bool logarithm, Span<float> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
            for (int inner = 0; inner < g.Inner; inner++)
            {
                int first = row * g.Length * g.Inner + inner, end = first + g.Length * g.Inner;
                float highest = float.NegativeInfinity, sum = 0;
                for (int i = first; i < end; i += g.Inner)
                    highest = Math.Max(highest, x[i]);
                for (int i = first; i < end; i += g.Inner)
                {
                    float exponential = MathF.Exp(x[i] - highest);
                    y[i] = logarithm ? x[i] - highest : exponential;
                    sum += exponential;
                }

                float logSum = MathF.Log(sum);
                for (int i = first; i < end; i += g.Inner)
                    y[i] = logarithm ? y[i] - logSum : y[i] / sum;
            }
    }
}
