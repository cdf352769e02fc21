namespace Edgec.Quantize;

/// <summary>
/// Minimum, maximum and a histogram of one value over all samples, in constant memory. The histogram's range doubles when a
/// number falls outside, which merges neighbouring bins; so its memory does not depend on the data.
/// </summary>
public sealed class RangeObserver
{
    private const int Bins = 4096;

    private readonly long[] counts = new long[Bins];
    private float bound;
    private long total;

    public float Lowest { get; private set; } = float.PositiveInfinity;

    public float Highest { get; private set; } = float.NegativeInfinity;

    /// <summary>A sample held a NaN or an infinity.</summary>
    public bool SawNonFinite { get; private set; }

    /// <summary>Counts one sample's values.</summary>
    /// <param name="histogram">False to keep the extremes only, which is faster.</param>
    public void Observe(ReadOnlySpan<float> values, bool histogram)
    {
        float lowest = Lowest, highest = Highest;
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                SawNonFinite = true;
                continue;
            }

            lowest = Math.Min(lowest, value);
            highest = Math.Max(highest, value);
        }

        (Lowest, Highest) = (lowest, highest);
        if (histogram && lowest <= highest)
            Count(values);
    }

    /// <summary>The extremes; (0, 0) if nothing was seen.</summary>
    public ValueRange MinMax => Lowest <= Highest ? new(Lowest, Highest) : new(0, 0);

    /// <summary>The range that leaves out at most (100 - percent) percent of the values, half of them on each side.</summary>
    public ValueRange Percentile(double percent)
    {
        if (total == 0)
            return MinMax;
        long outside = (long)(total * (100 - percent) / 200);
        float width = 2 * bound / Bins;
        int first = 0, last = Bins - 1;
        for (long seen = counts[first]; seen <= outside && first < last; seen += counts[first])
            first++;
        for (long seen = counts[last]; seen <= outside && last > first; seen += counts[last])
            last--;
        return new(Math.Max(Lowest, -bound + first * width), Math.Min(Highest, -bound + (last + 1) * width));
    }

    private void Count(ReadOnlySpan<float> values)
    {
        float most = Math.Max(Math.Abs(Lowest), Math.Abs(Highest));
        if (bound == 0)
            bound = most == 0 ? 1 : most;
        while (bound < most)
            Double();
        float scale = Bins / (2 * bound);
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
                continue;
            counts[Math.Clamp((int)((value + bound) * scale), 0, Bins - 1)]++;
            total++;
        }
    }

    // [-bound, bound) becomes [-2 bound, 2 bound): bin i moves to half its distance from the middle.
    private void Double()
    {
        var merged = new long[Bins];
        for (int i = 0; i < Bins; i++)
            merged[Bins / 4 + i / 2] += counts[i];
        merged.CopyTo(counts, 0);
        bound *= 2;
    }
}
