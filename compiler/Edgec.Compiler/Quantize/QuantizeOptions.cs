using Edgec.Quantize.Calibration;

namespace Edgec.Quantize;

/// <summary>How ranges become scales.</summary>
/// <param name="Calibrator">Null for the usual one.</param>
/// <param name="ClipOutliers">Clip values that have outliers by <see cref="OutlierRule"/>, whatever the calibrator.</param>
public sealed record QuantizeOptions(ICalibrator? Calibrator = null, bool ClipOutliers = false)
{
    /// <summary>The calibrator asked for, or the usual one.</summary>
    public ICalibrator Chosen => Calibrator ?? CalibratorTable.Usual;
}
