namespace Edgec.Quantize.Calibration;

/// <summary>How many numbers lie in [Low, High).</summary>
public readonly record struct HistogramBin(double Low, double High, long Count)
{
    public double Center => (Low + High) / 2;
}
