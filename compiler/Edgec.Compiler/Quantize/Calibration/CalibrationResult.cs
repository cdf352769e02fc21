using System.Collections.Immutable;
using Edgec.Runtime;

namespace Edgec.Quantize.Calibration;

/// <summary>All that compiling takes from calibration, and where it came from. <see cref="CalibrationFile"/> keeps it.</summary>
/// <param name="Model">SHA-256 of the model file, in hexadecimal.</param>
/// <param name="Data">The data's name without its folder; null for seeded noise.</param>
/// <param name="Samples">How many samples were used.</param>
/// <param name="Calibrator">As <see cref="ICalibrator.Description"/> says.</param>
/// <param name="ClipOutliers">Whether <see cref="OutlierRule"/> was applied.</param>
/// <param name="Equalized">Whether the ranges are those of a graph after <see cref="Weights.Equalization"/>.</param>
/// <param name="Sample">The inputs of the first sample by name, real numbers: a bundle's test vector.</param>
public sealed record CalibrationResult(
    string Model, string? Data, int Samples, string Calibrator, bool ClipOutliers, bool Equalized, ImmutableArray<CalibratedValue> Values,
    ImmutableSortedDictionary<string, Tensor> Sample);
