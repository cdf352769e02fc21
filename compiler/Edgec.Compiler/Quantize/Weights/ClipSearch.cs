namespace Edgec.Quantize.Weights;

/// <summary>
/// Scales of output channels below the largest weight's: large weights are clipped where finer steps for all others are
/// worth more. Of a grid of scales the one with the least Σ E[x²] (w - ŵ)², ŵ rounded to nearest (the search of
/// Banner et al. 2019, "Post training 4-bit quantization of convolutional networks", on weights).
/// </summary>
public static class ClipSearch
{
    private const int Steps = 64;
    private const double Least = 0.3;

    /// <param name="weights">Of one output.</param>
    /// <param name="moments">E[x²] of what each weight is multiplied by.</param>
    /// <param name="full">The scale at which nothing is clipped.</param>
    /// <param name="least">The smallest scale that may be chosen.</param>
    /// <param name="highest">The largest integer.</param>
    public static double Scale(ReadOnlySpan<float> weights, ReadOnlySpan<double> moments, double full, double least, int highest)
    {
        double best = Math.Max(full, least), bestError = double.PositiveInfinity;
        for (int step = Steps; step > 0; step--)
        {
            double scale = Scales.Single(full * (Least + (1 - Least) * step / Steps));
            if (scale < least)
                break;
            double error = 0;
            for (int i = 0; i < weights.Length; i++)
            {
                double e = weights[i] - scale * Math.Clamp(Math.Round(weights[i] / scale), -highest, highest);
                error += moments[i] * e * e;
            }

            if (error < bestError)
                (best, bestError) = (scale, error);
        }

        return best;
    }
}
