namespace Edgec.Runtime.Kernels;

/// <summary>How the numbers of a quantized network are rounded (docs/numerics.md, "Rounding profiles").</summary>
public enum RoundingProfile
{
    /// <summary>Once, half up.</summary>
    Single,

    /// <summary>Once, half to even, with multipliers of 24 bits: as ONNX's QuantizeLinear rounds what float computed.</summary>
    Onnx,

    /// <summary>Twice, with multipliers of 31 bits: TensorFlow Lite's MultiplyByQuantizedMultiplier.</summary>
    Tflite,

    /// <summary>Down: the AP_TRN of ap_fixed.</summary>
    Truncate,
}
