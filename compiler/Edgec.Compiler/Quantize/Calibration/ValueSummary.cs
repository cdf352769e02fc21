using System.Collections.Immutable;

namespace Edgec.Quantize.Calibration;

/// <summary>What calibration saw of a value, for reports.</summary>
/// <param name="Count">Numbers seen.</param>
/// <param name="Zeros">How many of them were 0.</param>
/// <param name="ScaleRatio">The scales that the calibrator finds in two halves of the samples, the greater by the smaller: 1 where they agree; null for a single sample.</param>
/// <param name="Histogram">Counts in <see cref="Bars"/> equal parts from the lowest to the highest number.</param>
public sealed record ValueSummary(
    float Lowest, float Highest, long Count, long Zeros, double Mean, double Deviation, double OutlierRatio, double Kurtosis, double? ScaleRatio,
    ImmutableArray<long> Histogram)
{
    public const int Bars = 64;

    /// <summary>By <see cref="OutlierRule"/>.</summary>
    public bool HasOutliers => OutlierRule.HasOutliers(ScaleRatio, OutlierRatio);

    public static ValueSummary Of(ValueStatistics statistics, Moments moments, double? scaleRatio)
    {
        Histogram histogram = statistics.Histogram;
        ValueRange all = statistics.MinMax;
        return new(
            all.Lo, all.Hi, histogram.Total, histogram.Zeros, moments.Mean, moments.Deviation, moments.OutlierRatio, moments.Kurtosis, scaleRatio,
            [.. Counts(histogram)]);
    }

    private static long[] Counts(Histogram histogram)
    {
        var bars = new long[Bars];
        double width = ((double)histogram.Highest - histogram.Lowest) / Bars;
        foreach (HistogramBin bin in histogram.Bins())
            bars[width > 0 ? Math.Clamp((int)((bin.Center - histogram.Lowest) / width), 0, Bars - 1) : 0] += bin.Count;
        return bars;
    }
}
