namespace Edgec.Kernels;

public enum Conversion
{
    /// <summary>f32 to i8 or i16: round to even of x / scale, plus zero, saturated.</summary>
    Quantize,

    /// <summary>i8 or i16 to f32: (q - zero) · scale.</summary>
    Dequantize,
}

/// <summary>Between f32 and i8 or i16, element by element; only where a graph holds both.</summary>
public sealed record ConvertKernel(Conversion Conversion, int Count, float Scale, int Zero) : Kernel
{
    public override string Shape => "convert";
}
