using System.Globalization;

namespace Edgec.Evaluate.Sensitivity;

/// <summary>Ratios in dB, as people read them.</summary>
public static class Decibels
{
    /// <summary>A ratio with one digit; <c>exact</c> where there is no noise.</summary>
    public static string Text(double ratio) => double.IsPositiveInfinity(ratio) ? "exact" : ratio.ToString("f1", CultureInfo.InvariantCulture);

    /// <summary>A difference of two ratios, with its sign.</summary>
    public static string Difference(double difference) => difference.ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);
}
