using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// ConvInteger and MatMulInteger: integers less their zero points, convolved or multiplied, as i32. In reals: operands at the scale
/// of the quantization that made them, weights at its reciprocal, so that the products are the very integers.
/// </summary>
public sealed record IntegerProduct(Operator Float) : QLinearOperator
{
    private const int Words = 6; // ONNX's number of i32

    public static IReadOnlyList<OpDef> Defs { get; } =
    [
        new("conv-integer", "ConvInteger", a => new IntegerProduct(Conv.Def.Read(a))),
        new("matmul-integer", "MatMulInteger", _ => new IntegerProduct(new MatMul(false, Activation.None))),
    ];

    public override string Name => Float is Conv ? "conv-integer" : "matmul-integer";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Float.Attributes;

    private protected override string Compose(Canonicalizer context)
    {
        string one = context.AddConstant("one", Tensor.Scalar(1f));
        string x = context.Producer(context.Input(0)) is { Op: QuantizeLinear } quantize ? quantize.Inputs[1] : one;
        string w = x == one ? one : context.Add(new Binary(BinaryFunction.Divide, Activation.None), one, x);
        string left = Less(context, 0, 2, x, -2), right = Less(context, 1, 3, w, Float is Conv ? 0 : -1);
        return context.Add(new QuantizeLinear(OutputType: Words), context.Add(Float, left, right), one);
    }

    // The zero points of several channels come with as many scales.
    private static string Less(Canonicalizer context, int input, int zero, string scale, int axis)
    {
        if (!context.Has(zero))
            return context.Add(new DequantizeLinear(axis), context.Input(input), scale);
        int channels = (int)context.Shape(zero).ElementCount;
        string scales = channels == 1 ? scale : context.Add(new Expand([channels]), scale);
        return context.Add(new DequantizeLinear(axis), context.Input(input), scales, context.Input(zero));
    }
}
