using System.Collections.Immutable;
using Edgec.Quantize.Calibration;

namespace Edgec.Emit.Report;

/// <summary>A value's calibrated range.</summary>
/// <param name="Low">The least number that 8-bit integers hold; those below are clamped.</param>
/// <param name="Seen">Null where nothing is known but the range.</param>
internal sealed record ReportRange(string Value, float Low, float High, ReportSpread? Seen)
{
    public static ReportRange Of(CalibratedValue value) => new(value.Name, value.Range.Lo, value.Range.Hi, value.Seen is { } seen ? ReportSpread.Of(seen) : null);
}

/// <param name="ScaleRatio">The scales of two halves of the samples, the greater by the smaller; null for a single sample.</param>
/// <param name="OutlierRatio">max|x| / σ.</param>
/// <param name="Outliers">Whether one of the two ratios says that there are some.</param>
/// <param name="Histogram">Counts in equal parts from the lowest to the highest.</param>
internal sealed record ReportSpread(
    float Lowest, float Highest, long Count, long Zeros, double Deviation, double? ScaleRatio, double OutlierRatio, double Kurtosis, bool Outliers, ImmutableArray<long> Histogram)
{
    public static ReportSpread Of(ValueSummary seen) => new(
        seen.Lowest, seen.Highest, seen.Count, seen.Zeros, seen.Deviation, seen.ScaleRatio, seen.OutlierRatio, seen.Kurtosis, seen.HasOutliers, seen.Histogram);
}
