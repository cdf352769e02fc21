using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Quantize;

/// <summary>Between real numbers and the integers at a model's inputs and outputs: the caller's side of a quantized graph.</summary>
public static class Boundary
{
    /// <summary>A real input as the tensor a graph takes: quantized if the type says so, else unchanged.</summary>
    public static Tensor ToGraph(Tensor value, TensorType type)
    {
        if (type.Quantization is not { } quantization || value.Element == type.Element)
            return value.Reshape(type.Shape);
        Tensor integers = Tensor.Zeros(ElementType.I8, type.Shape);
        ReadOnlySpan<float> source = value.ToF32().Span<float>();
        Span<sbyte> target = integers.Span<sbyte>();
        Runtime.Kernels.FloatConversion.Quantize(source, (float)quantization.Scale, quantization.Zero, target);
        return integers;
    }

    /// <summary>A graph's output as real numbers: dequantized if its type says so, else unchanged.</summary>
    public static Tensor ToReal(Tensor value, TensorType type)
    {
        if (type.Quantization is not { } quantization)
            return value;
        Tensor real = Tensor.Zeros(ElementType.F32, value.Shape);
        Runtime.Kernels.FloatConversion.Dequantize(value.Span<sbyte>(), (float)quantization.Scale, quantization.Zero, real.Span<float>());
        return real;
    }
}
