using Edgec.Runtime;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tensor = Edgec.Runtime.Tensor;

namespace Edgec.Benchmarks;

/// <summary>Tensors as ONNX Runtime takes them.</summary>
internal static class OrtTensors
{
    /// <returns>A copy, to be disposed of.</returns>
    public static OrtValue Of(Tensor tensor)
    {
        TensorElementType type = tensor.Element switch
        {
            ElementType.U8 => TensorElementType.UInt8,
            ElementType.I8 => TensorElementType.Int8,
            _ => TensorElementType.Float,
        };
        OrtValue value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, [.. tensor.Shape.Select(extent => (long)extent)]);
        tensor.Bytes.CopyTo(value.GetTensorMutableRawData());
        return value;
    }
}
