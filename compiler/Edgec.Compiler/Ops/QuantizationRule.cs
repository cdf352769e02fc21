using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>How the quantizer types the operands and the result of an operator.</summary>
public abstract record QuantizationRule
{
    /// <summary>No integer form: stays in float between dequantize and quantize.</summary>
    /// <param name="reason">Why, as the second half of a sentence: it goes into the warning.</param>
    public static QuantizationRule FloatOnly(string reason) => new FloatOnlyRule(reason);

    /// <summary>Integer kernel; the output's scale comes from calibration.</summary>
    public static readonly QuantizationRule Calibrated = new CalibratedRule();

    /// <summary>Moves or selects bits: all activation inputs and outputs share one scale.</summary>
    public static readonly QuantizationRule Shared = new SharedRule(HoldsTables: false);

    /// <summary>The same, where run-time values choose among elements: constants are tables, and the scale holds all of them.</summary>
    public static readonly QuantizationRule SharedWithTables = new SharedRule(HoldsTables: true);

    /// <summary>Says itself what the quantization of its value is; the quantizer puts nothing, or a rescale, in its place.</summary>
    public static readonly QuantizationRule Stated = new StatedRule();

    /// <summary>Integer kernel on operands of their own scales whose outputs are no real numbers: indices, truths.</summary>
    public static readonly QuantizationRule Index = new IndexRule();

    /// <summary>Integer kernel whose output always has this scale and zero point.</summary>
    /// <param name="wideScale">The scale of a 16-bit output, whose zero point is 0; 0 for an operator that has none.</param>
    public static QuantizationRule Fixed(double scale, int zero, double wideScale = 0) => new FixedRule(scale, zero, wideScale);
}

public sealed record FloatOnlyRule(string Reason) : QuantizationRule;

public sealed record CalibratedRule : QuantizationRule;

/// <param name="HoldsTables">Any element of a constant operand may come out, whatever calibration saw.</param>
public sealed record SharedRule(bool HoldsTables) : QuantizationRule;

public sealed record StatedRule : QuantizationRule;

public sealed record IndexRule : QuantizationRule;

public sealed record FixedRule(double Scale, int Zero, double WideScale = 0) : QuantizationRule
{
    /// <summary>The output's quantization in a type.</summary>
    public Quantization In(ElementType element) =>
        element == ElementType.I16 ? Quantization.PerTensor(WideScale, 0) : Quantization.PerTensor(Scale, Zero);
}
