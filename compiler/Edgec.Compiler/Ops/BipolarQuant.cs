using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>QONNX's BipolarQuant: <c>scale</c> where x ≥ 0, else <c>-scale</c>. Canonical, one threshold, or integers -1 and 1 where x is constant.</summary>
public sealed record BipolarQuant : Operator
{
    public static readonly OpDef Def = new("bipolar-quant", "BipolarQuant", _ => new BipolarQuant()) { Domain = Quant.Domain, AlsoIn = Quant.OtherDomains };

    private static readonly Tensor Zero = Tensor.Scalar(0f);

    public override string Name => "bipolar-quant";

    public override bool Folds => false;

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        context.Input(1);
        return [context.Input(0)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context) =>
        [Canonical(context, QonnxScale.Of(context.RequireConstant(1, "scale"), Zero, context.Shape(0)))];

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) =>
        [Value(context.Input(0), QonnxScale.Of(context.Input(1), Zero, context.Input(0).Shape))];

    /// <summary>The canonical form of input 0 by its sign.</summary>
    /// <exception cref="OperatorException">A zero point is not 0, or activations have several scales.</exception>
    internal static string Canonical(Canonicalizer context, Quantization stated)
    {
        if (stated.Zeros.Any(zero => zero != 0))
            throw OperatorException.Unsupported("One bit with a sign has a zero point that is not 0. Quantize with zero point 0.");
        if (context.Constant(0) is { } constant)
        {
            sbyte[] signs = [.. Enumerable.Range(0, constant.Count).Select(i => (sbyte)(constant.Number(i) >= 0 ? 1 : -1))];
            return DequantizeLinear.Add(context, context.AddConstant("integers", Tensor.Of(constant.Shape, signs)), stated);
        }

        if (stated.Axis >= 0)
            throw OperatorException.Unsupported("An activation of one bit has several scales. Quantize it per tensor.");
        string threshold = context.AddConstant("threshold", Tensor.Of([1, 1], [0.0]));
        return context.Add(new Thresholds((float)stated.Scale, -1, 2, 1, 1), context.Input(0), threshold);
    }

    internal static Tensor Value(Tensor x, Quantization stated)
    {
        Tensor y = Tensor.Zeros(ElementType.F32, x.Shape);
        LinearScale.ForEachRun(x.Shape, stated, (start, count, channel) =>
        {
            for (int i = start; i < start + count; i++)
                y.Span<float>()[i] = (float)(x.Number(i) >= 0 ? stated.Scales[channel] : -stated.Scales[channel]);
        });
        return y.ConvertTo(x.Element);
    }
}
