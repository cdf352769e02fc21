namespace Edgec.Quantize.Calibration;

/// <summary>
/// When rare large numbers are worth clipping: where they make the range a matter of chance, so that two halves of the data
/// ask for scales more than <see cref="ScaleRatio"/> apart, or where the largest is more than <see cref="Deviations"/> standard
/// deviations out. Elsewhere clipping only costs ("Outliers and calibration sets have diminishing effect", arXiv 2405.20835).
/// </summary>
public static class OutlierRule
{
    public const double ScaleRatio = 1.5, Deviations = 20;

    /// <summary>What a value with outliers gets instead of the calibrator's range, where it is narrower.</summary>
    public static readonly ICalibrator Clipping = new PercentileCalibrator();

    /// <param name="scaleRatio">Null if there are no two halves.</param>
    /// <param name="outlierRatio">max|x| / σ.</param>
    public static bool HasOutliers(double? scaleRatio, double outlierRatio) => scaleRatio > ScaleRatio || outlierRatio > Deviations;
}
