namespace Edgec.Quantize.Calibration;

/// <summary>
/// How often a value took which numbers, in constant memory. Bins lie on the whole line, are 2^e wide and begin at multiples
/// of their width; e is the least at which those from the lowest number to the highest are at most <see cref="MaxBins"/>. A
/// wider range merges neighbours in pairs, exactly. So the counts depend on the numbers seen alone, not on their order nor
/// on how they were divided among histograms that are then merged.
/// </summary>
public sealed class Histogram
{
    /// <summary>Between half as many bins and as many cover the range, unless it is narrower than single precision can divide.</summary>
    public const int MaxBins = 8192;

    private const int LeastExponent = -126;

    // floor(x / width) stays an integer of single precision.
    private const int IndexBits = 22;

    // The bin with index i is at i modulo MaxBins: a range that grows moves nothing.
    private readonly long[] counts = new long[MaxBins];
    private int exponent = LeastExponent;

    /// <summary>The least number, infinity if there is none.</summary>
    public float Lowest { get; private set; } = float.PositiveInfinity;

    /// <summary>The greatest number, minus infinity if there is none.</summary>
    public float Highest { get; private set; } = float.NegativeInfinity;

    /// <summary>How many numbers there are.</summary>
    public long Total { get; private set; }

    /// <summary>How many of them are 0, which every quantization holds exactly.</summary>
    public long Zeros { get; private set; }

    /// <summary>Counts numbers.</summary>
    /// <param name="lowest">The least of <paramref name="values"/> that is finite.</param>
    /// <param name="highest">The greatest; below <paramref name="lowest"/> if none is finite. Others than finite numbers are left out.</param>
    public void Add(ReadOnlySpan<float> values, float lowest, float highest)
    {
        if (lowest > highest)
            return;
        Widen(lowest, highest, exponent);
        float inverse = MathF.ScaleB(1, -exponent);
        long zeros = 0, total = 0;
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
                continue;
            counts[(int)MathF.Floor(value * inverse) & (MaxBins - 1)]++;
            zeros += value == 0 ? 1 : 0;
            total++;
        }

        Zeros += zeros;
        Total += total;
    }

    /// <summary>Adds the counts of another histogram.</summary>
    public void Add(Histogram other)
    {
        if (other.Total == 0)
            return;
        Widen(other.Lowest, other.Highest, other.exponent);
        int shift = exponent - other.exponent;
        for (int i = Index(other.Lowest, other.exponent); i <= Index(other.Highest, other.exponent); i++)
            counts[(i >> shift) & (MaxBins - 1)] += other.counts[i & (MaxBins - 1)];
        Zeros += other.Zeros;
        Total += other.Total;
    }

    /// <summary>The bins that are not empty, from low to high, merged until at most <paramref name="most"/> cover the range.</summary>
    public HistogramBin[] Bins(int most = MaxBins)
    {
        if (Total == 0)
            return [];
        int shift = 0, first = Index(Lowest, exponent), last = Index(Highest, exponent);
        while ((last >> shift) - (first >> shift) >= most)
            shift++;
        var bins = new List<HistogramBin>();
        double width = Math.ScaleB(1, exponent + shift);
        long count = 0;
        for (int i = first; i <= last; i++)
        {
            count += counts[i & (MaxBins - 1)];
            if (count == 0 || i < last && (i + 1) >> shift == i >> shift)
                continue;
            int merged = i >> shift;
            bins.Add(new(merged * width, (merged + 1) * width, count));
            count = 0;
        }

        return [.. bins];
    }

    private void Widen(float lowest, float highest, int least)
    {
        (lowest, highest) = (Math.Min(lowest, Lowest), Math.Max(highest, Highest));
        float most = Math.Max(Math.Abs(lowest), Math.Abs(highest));
        int needed = Math.Max(exponent, least);
        if (most > 0)
            needed = Math.Max(needed, MathF.ILogB(most) + 1 - IndexBits);
        while ((long)Index(highest, needed) - Index(lowest, needed) >= MaxBins)
            needed++;
        if (needed > exponent && Total > 0)
            Merge(needed - exponent);
        (exponent, Lowest, Highest) = (needed, lowest, highest);
    }

    private void Merge(int shift)
    {
        var merged = new long[MaxBins];
        for (int i = Index(Lowest, exponent); i <= Index(Highest, exponent); i++)
            merged[(i >> shift) & (MaxBins - 1)] += counts[i & (MaxBins - 1)];
        merged.CopyTo(counts, 0);
    }

    private static int Index(float value, int exponent) => (int)MathF.Floor(value * MathF.ScaleB(1, -exponent));
}
