namespace Edgec.Runtime.Kernels;

/// <summary>Softmax in single precision along the middle axis of [Outer, Length, Inner]. A row is one outer index.</summary>
public static class FloatSoftmax
{
    /// <param name="logarithm">The logarithm of the softmax: x - max - log Σ exp(x - max).</param>
    /// <param name="running">Maximum and sum in one pass: see <see cref="Running"/>.</param>
    public static void Normalize(in RowGeometry g, ReadOnlySpan<float> x, bool logarithm, bool running, Span<float> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
            for (int inner = 0; inner < g.Inner; inner++)
            {
                int first = row * g.Length * g.Inner + inner, end = first + g.Length * g.Inner;
                (float highest, float sum) = running ? Running(x, first, end, g.Inner) : (float.NegativeInfinity, 0);
                for (int i = first; i < end && !running; i += g.Inner)
                    highest = Math.Max(highest, x[i]);
                for (int i = first; i < end; i += g.Inner)
                {
                    float exponential = MathF.Exp(x[i] - highest);
                    y[i] = logarithm ? x[i] - highest : exponential;
                    sum += running ? 0 : exponential;
                }

                float logSum = MathF.Log(sum);
                for (int i = first; i < end; i += g.Inner)
                    y[i] = logarithm ? y[i] - logSum : y[i] / sum;
            }
    }

    /// <summary>
    /// The maximum of a row and the sum of exponentials below it, each score seen once: a greater one rescales the sum so far (Edge-MoE's
    /// single-pass softmax; Milakov and Gimelshein 2018). It depends on the order of the scores by rounding.
    /// </summary>
    private static (float Highest, float Sum) Running(ReadOnlySpan<float> x, int first, int end, int step)
    {
        float highest = float.NegativeInfinity, sum = 0;
        for (int i = first; i < end; i += step)
        {
            if (float.IsNegativeInfinity(x[i]))
                continue; // adds nothing, and has no distance to another
            if (x[i] > highest)
                (sum, highest) = (sum * MathF.Exp(highest - x[i]) + 1, x[i]);
            else
                sum += MathF.Exp(x[i] - highest);
        }

        return (highest, sum);
    }
}
