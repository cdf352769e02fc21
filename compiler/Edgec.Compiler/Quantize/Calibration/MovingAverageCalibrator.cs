namespace Edgec.Quantize.Calibration;

/// <summary>The average of the samples' extremes, in their order (<see cref="MovingExtremes"/>): one odd sample does not stretch the range.</summary>
public sealed record MovingAverageCalibrator : ICalibrator
{
    public string Name => "moving-average";

    public ValueRange RangeOf(ValueStatistics statistics, int levels) => statistics.Moving.Range;
}
