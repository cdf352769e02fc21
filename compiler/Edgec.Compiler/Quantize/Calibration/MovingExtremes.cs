namespace Edgec.Quantize.Calibration;

/// <summary>
/// Averages of the least and greatest number of each sample: the plain mean of the first 100 samples, then an exponential
/// average in which a new sample weighs 1/100.
/// </summary>
public sealed class MovingExtremes
{
    private const double LeastWeight = 0.01;

    private double lowest, highest;

    /// <summary>How many samples there were.</summary>
    public long Samples { get; private set; }

    /// <summary>The averages; (0, 0) before the first sample.</summary>
    public ValueRange Range => new((float)lowest, (float)highest);

    /// <summary>Takes in the extremes of the next sample. Here the order matters.</summary>
    public void Add(ValueRange sample)
    {
        double weight = Math.Max(1.0 / ++Samples, LeastWeight);
        lowest += weight * (sample.Lo - lowest);
        highest += weight * (sample.Hi - highest);
    }
}
