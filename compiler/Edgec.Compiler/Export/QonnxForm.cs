using System.Numerics;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Export;

/// <summary>Roundings and weights as QONNX's Quant over float tensors. Biases are float, as QONNX has them.</summary>
internal static class QonnxForm
{
    /// <summary>Integers that single precision holds, all of them.</summary>
    private const long Exact = 1 << 24;

    /// <summary>The form of a node; null if it has none.</summary>
    public static OnnxForm? Of(Graph graph, Node node, Action<Diagnostic> report, string model)
    {
        if (node.Op is FakeQuantize rounded)
            return Width(rounded.Lo, rounded.Hi) is { } width ? OnnxForm.Plain(w => Add(w, w.Inputs[0], rounded.Stated, width, rounded.Rounding, w.Output)) : null;
        if (node.Op is not DequantizeLinear dequantize || graph.ConstantOf(node.Inputs[0]) is not { } integers)
            return QdqForm.Of(graph, node);
        Quantization stated = dequantize.Stated(InferContext.Of(graph, node));
        if (integers.Element == ElementType.I32)
        {
            long most = integers.Integers().Select(Math.Abs).DefaultIfEmpty(0).Max();
            if (most > Exact)
                report(ExportDiagnostics.BiasRounded($"{model}({graph.Consumers(node.Output).FirstOrDefault()?.Origin ?? node.Origin} -> {node.Output})", most));
            return OnnxForm.Plain(w => w.Add("Identity", [w.Constant("float", DequantizeLinear.Value(integers, stated))]));
        }

        (int Bits, bool Signed, bool Narrow) range = Width(integers);
        return OnnxForm.Plain(w => Add(w, w.Constant("float", DequantizeLinear.Value(integers, stated)), stated, range, RoundingMode.HalfEven, integers.Shape));
    }

    private static void Add(NodeWriter w, string x, Quantization stated, (int Bits, bool Signed, bool Narrow) width, RoundingMode rounding, Shape shape)
    {
        Shape along = stated.Axis < 0 ? [] : [.. shape.Select((extent, axis) => axis == stated.Axis ? extent : 1)];
        w.Add(
            "Quant",
            Quant.Domain,
            [
                x,
                w.Constant("scale", Tensor.Of(along, [.. stated.Scales.Select(s => (float)s)])),
                w.Constant("zero", stated.Zeros.All(zero => zero == stated.Zeros[0]) ? Tensor.Scalar((float)stated.Zeros[0]) : Tensor.Of(along, [.. stated.Zeros.Select(z => (float)z)])),
                w.Constant("bits", Tensor.Scalar((float)width.Bits)),
            ],
            ("signed", width.Signed), ("narrow", width.Narrow), ("rounding_mode", QonnxRounding.Text(rounding)));
    }

    // The width whose whole range, or all of it but one integer, this is.
    private static (int Bits, bool Signed, bool Narrow)? Width(int lo, int hi)
    {
        int bits = 32 - BitOperations.LeadingZeroCount((uint)hi) + (lo < 0 ? 1 : 0);
        long full = 1L << bits;
        if (lo < 0)
            return hi == full / 2 - 1 && lo + full / 2 is 0 or 1 ? (bits, true, lo + full / 2 == 1) : null;
        return lo == 0 && full - 1 - hi is 0 or 1 && hi > 0 ? (bits, false, hi == full - 2) : null;
    }

    // Weights of 4 bits or of as many as their type has; the least integer is left out where no weight is it.
    private static (int Bits, bool Signed, bool Narrow) Width(Tensor integers)
    {
        bool signed = integers.Element is not (ElementType.U8 or ElementType.U16);
        long least = integers.Integers().DefaultIfEmpty(0).Min(), most = integers.Integers().DefaultIfEmpty(0).Max();
        int bits = !signed ? 8 * integers.Element.SizeOf() : least >= -8 && most <= 7 ? 4 : 8 * integers.Element.SizeOf();
        return (bits, signed, signed && least > -(1L << (bits - 1)));
    }
}
