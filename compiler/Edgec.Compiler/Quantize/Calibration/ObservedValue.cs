namespace Edgec.Quantize.Calibration;

/// <summary>A value's statistics over all samples, and over two halves that share none: every second sample.</summary>
public sealed record ObservedValue(string Name, ValueStatistics Even, ValueStatistics Odd, MovingExtremes Moving)
{
    /// <summary>Of all samples. Made anew at each call.</summary>
    public ValueStatistics All() => ValueStatistics.Union(Even, Odd, Moving);
}
