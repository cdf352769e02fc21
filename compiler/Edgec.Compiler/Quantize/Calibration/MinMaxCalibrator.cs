namespace Edgec.Quantize.Calibration;

/// <summary>The least and the greatest number seen: nothing is clamped.</summary>
public sealed record MinMaxCalibrator : ICalibrator
{
    public string Name => "min-max";

    public ValueRange RangeOf(ValueStatistics statistics, int levels) => statistics.MinMax;
}
