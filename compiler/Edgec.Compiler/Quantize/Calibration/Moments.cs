namespace Edgec.Quantize.Calibration;

/// <summary>How numbers spread.</summary>
/// <param name="Deviation">The standard deviation σ.</param>
/// <param name="OutlierRatio">max|x| / σ; 0 for numbers that are all the same.</param>
/// <param name="Kurtosis">E[(x - mean)⁴] / σ⁴: 1.8 for a uniform distribution, 3 for a normal one, more with longer tails; 0 for numbers that are all the same.</param>
public readonly record struct Moments(double Mean, double Deviation, double OutlierRatio, double Kurtosis)
{
    /// <summary>Every number counts as the middle of its bin, 1/4096 of the range wide at most.</summary>
    public static Moments Of(Histogram histogram)
    {
        if (histogram.Total == 0 || histogram.Lowest == histogram.Highest)
            return new(histogram.Total == 0 ? 0 : histogram.Lowest, 0, 0, 0);
        HistogramBin[] bins = histogram.Bins();
        double total = histogram.Total, mean = bins.Sum(bin => bin.Count * bin.Center) / total;
        double second = 0, fourth = 0;
        foreach (HistogramBin bin in bins)
        {
            double square = (bin.Center - mean) * (bin.Center - mean);
            second += bin.Count * square;
            fourth += bin.Count * square * square;
        }

        double variance = second / total, most = Math.Max(Math.Abs(histogram.Lowest), Math.Abs(histogram.Highest));
        return variance > 0
            ? new(mean, Math.Sqrt(variance), most / Math.Sqrt(variance), fourth / total / (variance * variance))
            : new(mean, 0, 0, 0);
    }
}
