namespace Edgec.Quantize.Calibration;

/// <summary>The real numbers that an asymmetric quantization holds: multiples of a step between two of them, 0 among them.</summary>
internal readonly record struct LevelGrid(double Step, double Lowest, double Highest)
{
    /// <summary>As <see cref="Scales"/> chooses it for a range with 0 in it that is wider than 0.</summary>
    public static LevelGrid Over(ValueRange range, int levels)
    {
        double step = ((double)range.Hi - range.Lo) / (levels - 1), below = Math.Round(-range.Lo / step);
        return new(step, -below * step, (levels - 1 - below) * step);
    }
}
