namespace Edgec.Runtime.Kernels;

/// <summary>Between f32 and i8: real = scale · (q - zero).</summary>
public static class FloatConversion
{
    /// <summary>round(x / scale) + zero, ties to even, saturated; what is not a number becomes the zero point.</summary>
    public static void Quantize(ReadOnlySpan<float> x, float scale, int zero, Span<sbyte> y)
    {
        for (int i = 0; i < x.Length; i++)
        {
            float value = MathF.Round(x[i] / scale) + zero;
            y[i] = float.IsNaN(value) ? (sbyte)zero : (sbyte)Math.Clamp(value, sbyte.MinValue, sbyte.MaxValue);
        }
    }

    /// <summary>(x - zero) · scale.</summary>
    public static void Dequantize(ReadOnlySpan<sbyte> x, float scale, int zero, Span<float> y)
    {
        for (int i = 0; i < x.Length; i++)
            y[i] = (x[i] - zero) * scale;
    }
}
