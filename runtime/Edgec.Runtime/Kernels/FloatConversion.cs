using System.Numerics;

namespace Edgec.Runtime.Kernels;

/// <summary>Between f32 and i8 or i16: real = scale · (q - zero).</summary>
public static class FloatConversion
{
    /// <summary>round(x / scale) + zero, ties to even, saturated; what is not a number becomes the zero point.</summary>
    public static void Quantize<T>(ReadOnlySpan<float> x, float scale, int zero, Span<T> y) where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < x.Length; i++)
        {
            float value = MathF.Round(x[i] / scale) + zero;
            y[i] = float.IsNaN(value) ? T.CreateTruncating(zero) : T.CreateSaturating(value);
        }
    }

    /// <summary>(x - zero) · scale.</summary>
    public static void Dequantize<T>(ReadOnlySpan<T> x, float scale, int zero, Span<float> y) where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < x.Length; i++)
            y[i] = (int.CreateTruncating(x[i]) - zero) * scale;
    }
}
