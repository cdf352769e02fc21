using System.Collections.Immutable;

namespace Edgec.Quantize.Calibration;

/// <summary>All calibrators.</summary>
public static class CalibratorTable
{
    public static ImmutableArray<ICalibrator> All { get; } =
        [new MinMaxCalibrator(), new MovingAverageCalibrator(), new PercentileCalibrator(), new EntropyCalibrator(), new MeanSquareErrorCalibrator()];

    /// <summary>What is taken where none is asked for.</summary>
    public static ICalibrator Usual { get; } = All[0];

    /// <summary>Their names, as an error message or a help text lists them.</summary>
    public static string Names { get; } = string.Join(", ", All.Select(calibrator => calibrator.Name));

    /// <param name="percent">For <see cref="PercentileCalibrator"/>.</param>
    /// <returns>Null if there is none of that name.</returns>
    public static ICalibrator? Find(string name, double percent = PercentileCalibrator.UsualPercent) =>
        All.FirstOrDefault(calibrator => calibrator.Name == name) is { } found
            ? found is PercentileCalibrator ? new PercentileCalibrator(percent) : found
            : null;
}
