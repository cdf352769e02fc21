namespace Edgec.Quantize.Calibration;

/// <summary>Chooses the range of real numbers that a quantization holds; what lies outside is clamped. One file each; <see cref="CalibratorTable"/> lists them.</summary>
public interface ICalibrator
{
    /// <summary>As typed behind <c>--calibrator</c>.</summary>
    string Name { get; }

    /// <summary>The name and what was set, for manifests and reports.</summary>
    string Description => Name;

    /// <summary>The range for integers of <paramref name="levels"/> values, 256 for 8 bits.</summary>
    ValueRange RangeOf(ValueStatistics statistics, int levels);
}
