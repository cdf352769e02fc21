namespace Edgec.Quantize.Calibration;

/// <summary>What is known of the numbers one value took, in constant memory.</summary>
public sealed class ValueStatistics
{
    private readonly Histogram histogram = new();

    /// <summary>Finite numbers seen, and how they are distributed.</summary>
    public Histogram Histogram => histogram;

    /// <summary>There was a NaN or an infinity.</summary>
    public bool SawNonFinite { get; private set; }

    /// <summary>The extremes of single samples, averaged.</summary>
    public MovingExtremes Moving { get; private init; } = new();

    /// <summary>The extremes; (0, 0) if nothing was seen.</summary>
    public ValueRange MinMax => histogram.Total > 0 ? new(histogram.Lowest, histogram.Highest) : new(0, 0);

    /// <summary>Counts a sample's numbers. Several threads may call it; the order does not matter.</summary>
    /// <returns>The extremes of this sample, or null if no number is finite.</returns>
    public ValueRange? Observe(ReadOnlySpan<float> values)
    {
        float lowest = float.PositiveInfinity, highest = float.NegativeInfinity;
        bool nonFinite = false;
        foreach (float value in values)
        {
            if (float.IsFinite(value))
            {
                lowest = Math.Min(lowest, value);
                highest = Math.Max(highest, value);
            }
            else
            {
                nonFinite = true;
            }
        }

        lock (histogram)
        {
            SawNonFinite |= nonFinite;
            histogram.Add(values, lowest, highest);
        }

        return lowest <= highest ? new(lowest, highest) : null;
    }

    /// <summary>Of all samples of both.</summary>
    /// <param name="moving">The averages of their extremes in the order of the samples, which the parts do not know.</param>
    public static ValueStatistics Union(ValueStatistics a, ValueStatistics b, MovingExtremes moving)
    {
        var union = new ValueStatistics { SawNonFinite = a.SawNonFinite || b.SawNonFinite, Moving = moving };
        union.histogram.Add(a.histogram);
        union.histogram.Add(b.histogram);
        return union;
    }
}
