namespace Edgec.Quantize;

public enum CalibrationMethod
{
    /// <summary>The extremes seen.</summary>
    MinMax,

    /// <summary>All but a small share of the values, the same share on both sides.</summary>
    Percentile,
}

/// <summary>How ranges become scales.</summary>
/// <param name="Percent">For <see cref="CalibrationMethod.Percentile"/>: how much of the values lies inside.</param>
public sealed record QuantizeOptions(CalibrationMethod Method = CalibrationMethod.MinMax, double Percent = 99.99);
