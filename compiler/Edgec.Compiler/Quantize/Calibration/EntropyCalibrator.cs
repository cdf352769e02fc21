namespace Edgec.Quantize.Calibration;

/// <summary>
/// The range that keeps most information: the least Kullback-Leibler divergence Σ p·log(p/q) of what quantization leaves of
/// the histogram from the histogram itself. Over the bins inside the range that are not empty,
/// <list type="bullet">
/// <item>p counts the numbers of the bin; those outside the range are added to the first and the last bin inside;</item>
/// <item>q spreads the numbers of one level evenly over the level's bins; those outside the range are not in it.</item>
/// </list>
/// Both are normalised to 1. This is the two-sided form of the method in S. Migacz, "8-bit inference with TensorRT" (GTC
/// 2017), with three changes: levels are those of the asymmetric quantization; zeros do not count, since every quantization
/// holds 0; and bins are merged until there are 64 numbers for each, since with fewer the divergence would measure the noise
/// of the counts. A range has at least a bin for each level, so with few numbers, or with as many levels as bins, nothing is
/// clamped.
/// </summary>
public sealed record EntropyCalibrator : ICalibrator
{
    private const int NumbersPerBin = 64;

    public string Name => "entropy";

    public ValueRange RangeOf(ValueStatistics statistics, int levels)
    {
        long numbers = statistics.Histogram.Total - statistics.Histogram.Zeros;
        int most = (int)Math.Min(Histogram.MaxBins, numbers / NumbersPerBin);
        if (most < 2)
            return statistics.MinMax;
        HistogramBin[] bins = [.. statistics.Histogram.Bins(most)
            .Select(bin => bin is { Low: <= 0, High: > 0 } ? bin with { Count = bin.Count - statistics.Histogram.Zeros } : bin)
            .Where(bin => bin.Count > 0)];
        return RangeSearch.Minimize(statistics.MinMax, range => Cost(bins, LevelGrid.Over(range, levels)));
    }

    private static double Cost(HistogramBin[] bins, LevelGrid grid)
    {
        double step = grid.Step, lowest = grid.Lowest - step / 2, highest = grid.Highest + step / 2;
        if (step < bins[0].High - bins[0].Low)
            return double.PositiveInfinity;
        int first = 0, last = bins.Length - 1;
        long below = 0, above = 0, inside = 0;
        for (; first < bins.Length && bins[first].Center < lowest; first++)
            below += bins[first].Count;
        for (; last > first && bins[last].Center >= highest; last--)
            above += bins[last].Count;
        for (int i = first; i <= last; i++)
            inside += bins[i].Count;
        if (inside == 0)
            return double.PositiveInfinity;

        double sum = 0, all = below + inside + above;
        for (int start = first; start <= last;)
        {
            double level = Math.Round(bins[start].Center / step);
            long count = 0;
            int end = start;
            for (; end <= last && Math.Round(bins[end].Center / step) == level; end++)
                count += bins[end].Count;
            double q = (double)count / (end - start) / inside;
            for (int i = start; i < end; i++)
            {
                double p = (bins[i].Count + (i == first ? below : 0) + (i == last ? above : 0)) / all;
                sum += p * Math.Log(p / q);
            }

            start = end;
        }

        return sum;
    }
}
