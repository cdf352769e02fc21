using System.Globalization;

namespace Edgec.Quantize.Calibration;

/// <summary>All but a small share of the numbers, half of it on each side, to the width of a bin.</summary>
/// <param name="Percent">How many of a hundred lie inside.</param>
public sealed record PercentileCalibrator(double Percent = PercentileCalibrator.UsualPercent) : ICalibrator
{
    public const double UsualPercent = 99.99;

    public string Name => "percentile";

    public string Description => $"percentile {Percent.ToString(CultureInfo.InvariantCulture)}";

    public ValueRange RangeOf(ValueStatistics statistics, int levels)
    {
        HistogramBin[] bins = statistics.Histogram.Bins();
        if (bins.Length == 0)
            return statistics.MinMax;
        long outside = (long)(statistics.Histogram.Total * (100 - Percent) / 200);
        int first = 0, last = bins.Length - 1;
        for (long seen = bins[first].Count; seen <= outside && first < last; seen += bins[first].Count)
            first++;
        for (long seen = bins[last].Count; seen <= outside && last > first; seen += bins[last].Count)
            last--;
        ValueRange all = statistics.MinMax;
        return new(Math.Max(all.Lo, (float)bins[first].Low), Math.Min(all.Hi, (float)bins[last].High));
    }
}
