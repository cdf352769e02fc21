using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>Quantizes to u8 by the range that each input happens to have: y, its scale and its zero point. There is no integer form of a scale that changes.</summary>
public sealed record DynamicQuantizeLinear : Operator
{
    public static readonly OpDef Def = new("dynamic-quantize-linear", "DynamicQuantizeLinear", _ => new DynamicQuantizeLinear());

    public override string Name => "dynamic-quantize-linear";

    public override ImmutableArray<TensorType> Infer(InferContext context) =>
        [new(ElementType.U8, context.Shape(0)), TensorType.F32([]), new(ElementType.U8, [])];

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context) => throw OperatorException.Unsupported(
        "DynamicQuantizeLinear finds its scale anew for every input, which integer kernels cannot. Quantize the model statically.");

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        ReadOnlySpan<float> x = context.Input(0).ToF32().Span<float>();
        float lo = 0, hi = 0;
        foreach (float value in x)
            (lo, hi) = (Math.Min(lo, value), Math.Max(hi, value));
        float scale = hi == lo ? 1 : (hi - lo) / byte.MaxValue;
        byte zero = (byte)Math.Clamp(MathF.Round(-lo / scale), 0, byte.MaxValue);
        Tensor y = new FakeQuantize(Ir.Quantization.PerTensor(scale, zero), 0, byte.MaxValue).Integers(context.Input(0), ElementType.U8);
        return [y, Tensor.Scalar(scale), Tensor.Scalar(zero)];
    }
}
