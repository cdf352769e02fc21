namespace Edgec.Quantize.Precision;

/// <summary>The precision of the layers whose names match.</summary>
public sealed record PrecisionRule(NamePattern Layers, LayerPrecision Precision);
