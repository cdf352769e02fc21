using System.Globalization;

namespace Edgec.Evaluate.Assignment;

/// <summary>How good a quantized model is, measured.</summary>
/// <param name="Samples">On how many samples.</param>
/// <param name="Sqnr">Signal to noise ratio at the outputs in dB.</param>
/// <param name="Float">Top-1 of the float model; null without labels.</param>
/// <param name="Quantized">Top-1 of the quantized one.</param>
public sealed record PlanQuality(int Samples, double Sqnr, double? Float = null, double? Quantized = null)
{
    /// <summary>Points of top-1 lost.</summary>
    public double? Loss => 100 * (Float - Quantized);

    /// <summary>In words: <c>31.2 dB, top-1 96.80 % after 97.00 % on 500 samples</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Sqnr:f1} dB{(Loss is null ? "" : string.Create(CultureInfo.InvariantCulture, $", top-1 {100 * Quantized:f2} % after {100 * Float:f2} %"))} on {Samples} samples");
}
