namespace Edgec.Quantize.Weights;

/// <summary>
/// Gives back to an output's bias the mean of what rounding its weights took away: b + Σ (w - ŵ) E[x]
/// (Nagel et al. 2019, "Data-free quantization through weight equalization and bias correction", with measured means).
/// </summary>
public static class BiasCorrection
{
    /// <param name="integers">The weights of one output as they will be.</param>
    /// <param name="scales">Of each weight.</param>
    /// <param name="mean">E[x] of what each is multiplied by.</param>
    /// <returns>What is to be added to the bias.</returns>
    public static double Shift(ReadOnlySpan<float> weights, ReadOnlySpan<sbyte> integers, ReadOnlySpan<double> scales, ReadOnlySpan<double> mean)
    {
        double shift = 0;
        for (int i = 0; i < weights.Length; i++)
            shift += (weights[i] - scales[i] * integers[i]) * mean[i];
        return shift;
    }
}
