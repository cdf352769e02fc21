namespace Edgec.Quantize.Calibration;

/// <summary>A value's calibrated ranges.</summary>
/// <param name="Range">What 8-bit integers should hold.</param>
/// <param name="WideRange">What 16-bit integers should hold: they lose less by rounding, so clamping pays less.</param>
/// <param name="Seen">Null where nothing is known but the ranges.</param>
public sealed record CalibratedValue(string Name, ValueRange Range, ValueRange WideRange, ValueSummary? Seen);
