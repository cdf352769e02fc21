using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// The scale and zero point of ONNX's quantizing operators: one for the tensor, or one for each index of an axis. What a
/// file gives is checked here, once for all of them.
/// </summary>
internal static class LinearScale
{
    /// <summary>ONNX's numbers of the integer types that quantization goes to and comes from, and their ranges.</summary>
    private static readonly (int Code, ElementType Element, int Lo, int Hi)[] Types =
    [
        (2, ElementType.U8, 0, 255),
        (3, ElementType.I8, -128, 127),
        (4, ElementType.U16, 0, 65535),
        (5, ElementType.I16, -32768, 32767),
        (6, ElementType.I32, int.MinValue, int.MaxValue),
        (21, ElementType.U8, 0, 15),
        (22, ElementType.I8, -8, 7),
        (25, ElementType.U8, 0, 3),
        (26, ElementType.I8, -2, 1),
    ];

    /// <summary>The element type and range of an ONNX type; types of fewer than 8 bits come one to a byte.</summary>
    public static (ElementType Element, int Lo, int Hi) TypeOf(int code) =>
        Types.FirstOrDefault(t => t.Code == code) is { Code: > 0 } type
            ? (type.Element, type.Lo, type.Hi)
            : throw OperatorException.Unsupported($"Quantizing to ONNX element type {code} is not supported. Use an integer of 2 to 16 bits.");

    /// <summary>The ONNX type of zero points of an element type.</summary>
    public static int CodeOf(ElementType element) => Types.FirstOrDefault(t => t.Element == element) is { Code: > 0 } type
        ? type.Code
        : throw OperatorException.Unsupported($"A zero point {element.Text()} is not supported. Use an integer of 2 to 16 bits.");

    /// <summary>The smallest integer type that holds a range.</summary>
    public static ElementType Holding(int lo, int hi) =>
        Types.Where(t => t.Lo <= lo && hi <= t.Hi).OrderBy(t => t.Element.SizeOf()).ThenBy(t => t.Element == ElementType.I8 ? 0 : 1).First().Element;

    /// <summary>The quantization that a scale and a zero point describe for a tensor.</summary>
    /// <param name="zero">Null for zeros.</param>
    /// <param name="x">The shape of what is quantized.</param>
    /// <param name="axis">Counts only where there are several scales.</param>
    /// <exception cref="OperatorException">They do not fit the tensor, or a scale is no positive number.</exception>
    public static Quantization Of(Tensor scale, Tensor? zero, Shape x, int axis)
    {
        if (zero is not null && zero.Count != scale.Count)
            throw OperatorException.Invalid($"There are {scale.Count} scales but {zero.Count} zero points. Give as many.");
        bool single = scale.Count == 1;
        int along = single ? -1 : Extents.Axis(axis, x.Rank);
        if (!single && (scale.Shape.Rank != 1 || scale.Count != x[along]))
            throw OperatorException.Invalid($"Scales {scale.Shape} do not fit axis {along} of {x}. Give one, or one for each index.");
        var scales = new double[scale.Count];
        var zeros = new int[scale.Count];
        for (int i = 0; i < scales.Length; i++)
        {
            scales[i] = (float)scale.Number(i);
            zeros[i] = zero is null ? 0 : (int)zero.Integer(i);
            if (!double.IsFinite(scales[i]) || scales[i] <= 0)
                throw OperatorException.Invalid($"Scale {i} is {scales[i]}, which is no positive number. Quantize the model again.");
        }

        return new([.. scales], [.. zeros], along);
    }

    /// <summary>Calls an action for each run of elements of one scale: first element, number of elements, index of the scale.</summary>
    public static void ForEachRun(Shape shape, Quantization quantization, Action<int, int, int> visit)
    {
        int count = (int)shape.ElementCount;
        if (quantization.Axis < 0)
        {
            visit(0, count, 0);
            return;
        }

        int inner = shape.Product(quantization.Axis + 1, shape.Rank), channels = shape[quantization.Axis];
        for (int start = 0, run = 0; start < count; start += inner, run++)
            visit(start, inner, run % channels);
    }
}
