using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Quantize;

/// <summary>Between real numbers and the integers at a model's inputs and outputs: the caller's side of a quantized graph.</summary>
public static class Boundary
{
    /// <summary>An input as the model takes it as the tensor a graph takes: reals quantized if the type says so, bytes made signed, all else unchanged.</summary>
    public static Tensor ToGraph(Tensor value, TensorType type)
    {
        if (type.Quantization is not { } quantization || value.Element == type.Element)
            return value.Reshape(type.Shape);
        if (value.Element == ElementType.U8)
            return Signed(value).Reshape(type.Shape);
        Tensor integers = Tensor.Zeros(type.Element, type.Shape);
        ReadOnlySpan<float> source = value.ToF32().Span<float>();
        if (type.Element == ElementType.I16)
            FloatConversion.Quantize(source, (float)quantization.Scale, quantization.Zero, integers.Span<short>());
        else
            FloatConversion.Quantize(source, (float)quantization.Scale, quantization.Zero, integers.Span<sbyte>());
        return integers;
    }

    // Bytes that the model itself quantized: i8 stores them moved down by 128, and the zero point of the type says so.
    private static Tensor Signed(Tensor bytes) =>
        Tensor.Of(bytes.Shape, [.. bytes.Span<byte>().ToArray().Select(b => (sbyte)(b - 128))]);

    /// <summary>A graph's output as real numbers: dequantized if its type says so, else unchanged.</summary>
    public static Tensor ToReal(Tensor value, TensorType type)
    {
        if (type.Quantization is not { } quantization)
            return value;
        Tensor real = Tensor.Zeros(ElementType.F32, value.Shape);
        if (type.Element == ElementType.I16)
            FloatConversion.Dequantize<short>(value.Span<short>(), (float)quantization.Scale, quantization.Zero, real.Span<float>());
        else
            FloatConversion.Dequantize<sbyte>(value.Span<sbyte>(), (float)quantization.Scale, quantization.Zero, real.Span<float>());
        return real;
    }
}
