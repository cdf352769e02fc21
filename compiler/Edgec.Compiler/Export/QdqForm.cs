using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Export;

/// <summary>Roundings and dequantized constants as ONNX's own QuantizeLinear and DequantizeLinear.</summary>
internal static class QdqForm
{
    /// <summary>The operator set from which on there are 16- and 4-bit integers.</summary>
    private const int WideOpset = 21;

    /// <summary>Below this 4-bit weights save nothing.</summary>
    private const int LeastPacked = 128;

    /// <summary>The form of a node; null if it has none.</summary>
    public static OnnxForm? Of(Graph graph, Node node) => node.Op switch
    {
        FakeQuantize { Rounding: RoundingMode.HalfEven } op => Rounded(op),
        DequantizeLinear op => Dequantized(graph, node, op),
        QuantizeLinear op => new(graph.TypeOf(node.Output).Element is ElementType.I16 or ElementType.U16 ? WideOpset : OnnxForm.LowestOpset, w => w.Add("QuantizeLinear", w.Inputs, Axis(op.Axis))),
        _ => null,
    };

    private static OnnxForm? Rounded(FakeQuantize op)
    {
        ElementType element = LinearScale.Holding(op.Lo, op.Hi);
        (int lo, int hi) = element.Range();
        Shape shape = op.Stated.Axis < 0 ? [] : [op.Stated.Scales.Count];
        if (op.Stated.Zeros.Any(zero => zero < lo || zero > hi) || element == ElementType.I32)
            return null;
        bool wide = element is ElementType.I16 or ElementType.U16;
        return new(wide ? WideOpset : OnnxForm.LowestOpset, w =>
        {
            string scale = w.Constant("scale", Tensor.Of(shape, [.. op.Stated.Scales.Select(s => (float)s)]));
            string zero = w.Constant("zero", Tensor.Of(shape, [.. op.Stated.Zeros]).ConvertTo(element));
            string integers = w.Add("QuantizeLinear", [w.Inputs[0], scale, zero], Axis(op.Stated.Axis));
            if ((op.Lo, op.Hi) != (lo, hi))
                integers = w.Add("Clip", [integers, w.Constant("min", Tensor.Scalar(op.Lo).ConvertTo(element)), w.Constant("max", Tensor.Scalar(op.Hi).ConvertTo(element))]);
            w.Add("DequantizeLinear", [integers, scale, zero], Axis(op.Stated.Axis));
        });
    }

    private static OnnxForm Dequantized(Graph graph, Node node, DequantizeLinear op)
    {
        Tensor? integers = graph.ConstantOf(node.Inputs[0]);
        Tensor? zero = node.Inputs.Length > 2 ? graph.ConstantOf(node.Inputs[2]) : null;
        bool narrow = integers is { Element: ElementType.I8, Count: >= LeastPacked, Shape.Rank: > 1 } && zero is not null && IsNarrow(integers) && IsNarrow(zero);
        bool wide = graph.TypeOf(node.Inputs[0]).Element is ElementType.I16 or ElementType.U16;
        return new(narrow || wide ? WideOpset : OnnxForm.LowestOpset, w => w.Add(
            "DequantizeLinear",
            narrow ? [w.Bytes("int4", integers!, true), w.Inputs[1], w.Bytes("zero4", zero!, true)] : w.Inputs,
            Axis(op.Axis)));
    }

    private static bool IsNarrow(Tensor integers) =>
        integers.Element == ElementType.I8 && integers.Span<sbyte>().IndexOfAnyExceptInRange((sbyte)-8, (sbyte)7) < 0;

    private static IEnumerable<(string, AttributeValue)> Axis(int axis) => axis is < 0 or QuantizeLinear.DefaultAxis ? [] : [("axis", axis)];
}
