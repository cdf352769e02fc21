using Edgec.Runtime;

namespace Edgec.Ir;

/// <summary>What is known of a value: element type, static shape and, in a quantized graph, what its integers mean.</summary>
public sealed record TensorType(ElementType Element, Shape Shape, Quantization? Quantization = null)
{
    /// <summary>Bytes of a dense tensor of this type.</summary>
    public long Bytes => Element.BytesOf(Shape.ElementCount);

    public static TensorType F32(Shape shape) => new(ElementType.F32, shape);

    public override string ToString() => $"{Element.Text()}{Shape}";
}
