namespace Edgec.Quantize.Calibration;

/// <summary>
/// The range whose quantization has the least mean square error, rounding and clamping together. Numbers are taken as spread
/// evenly over their bin, and the error is integrated over it exactly; zeros cost nothing, for every quantization holds 0.
/// Both ends are searched (<see cref="RangeSearch"/>).
/// </summary>
public sealed record MeanSquareErrorCalibrator : ICalibrator
{
    private const int MaxBins = 2048;

    public string Name => "mse";

    public ValueRange RangeOf(ValueStatistics statistics, int levels)
    {
        HistogramBin[] bins = statistics.Histogram.Bins(MaxBins);
        long zeros = statistics.Histogram.Zeros;
        return RangeSearch.Minimize(statistics.MinMax, range => Cost(bins, zeros, LevelGrid.Over(range, levels)));
    }

    // The sum of square errors over all numbers.
    private static double Cost(HistogramBin[] bins, long zeros, LevelGrid grid)
    {
        (double step, double lowest, double highest) = grid;
        double sum = 0;
        foreach (HistogramBin bin in bins)
        {
            long count = bin is { Low: <= 0, High: > 0 } ? bin.Count - zeros : bin.Count;
            if (count == 0)
                continue;
            double error = Integral(Math.Min(bin.High, highest), step) - Integral(Math.Min(bin.Low, highest), step);
            if (bin.Low < lowest)
            {
                error = Integral(Math.Max(bin.High, lowest), step) - Integral(lowest, step);
                error += Beyond(lowest - bin.Low) - Beyond(Math.Max(0, lowest - bin.High));
            }

            if (bin.High > highest)
                error += Beyond(bin.High - highest) - Beyond(Math.Max(0, bin.Low - highest));
            sum += count * error / (bin.High - bin.Low);
        }

        return sum;
    }

    // ∫ (t - step·round(t/step))² dt from 0 to x: a twelfth of step³ for each whole step, and the rest.
    private static double Integral(double x, double step)
    {
        double steps = x / step, whole = Math.Round(steps), rest = steps - whole;
        return step * step * step * (whole / 12 + rest * rest * rest / 3);
    }

    // ∫ t² dt from 0 to x: clamped numbers are wrong by their distance.
    private static double Beyond(double x) => x * x * x / 3;
}
