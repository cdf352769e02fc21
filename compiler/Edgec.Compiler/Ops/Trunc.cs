using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// QONNX's Trunc: drops low bits of integers. Inputs x, scale, zero point, input bits and either output bits (the result keeps
/// the scale, its integers are shifted down), or output scale, output zero point and output bits. All but x are constant.
/// Canonical, a <see cref="FakeQuantize"/> that rounds down, in the older form times a power of two.
/// </summary>
public sealed record Trunc(bool Signed, bool Narrow, RoundingMode Rounding) : Operator
{
    public static readonly OpDef Def = new("qonnx-trunc", "Trunc", a => new Trunc(
        a.Flag("signed", true), a.Flag("narrow"), QonnxRounding.Parse(a.Text("rounding_mode", "FLOOR"))))
    { Domain = Quant.Domain, AlsoIn = Quant.OtherDomains };

    private const int OlderInputs = 5, Inputs = 7;

    public override string Name => "qonnx-trunc";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        [("signed", Signed), ("narrow", Narrow), ("rounding_mode", QonnxRounding.Text(Rounding))];

    public override bool Folds => false;

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        if (context.Count is not (OlderInputs or Inputs))
            throw OperatorException.Invalid($"Trunc has {context.Count} inputs; it takes {OlderInputs} or {Inputs}.");
        return [context.Input(0)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        (FakeQuantize fake, float factor) = Form(
            [.. Enumerable.Range(0, context.Count).Select(i => i == 0 ? null : context.RequireConstant(i, "a parameter of Trunc"))], context.Shape(0));
        string value = context.Add(fake, context.Input(0));
        return factor == 1
            ? [value]
            : [context.Add(new Binary(BinaryFunction.Multiply, Activation.None), value, context.AddConstant("factor", Tensor.Scalar(factor)))];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        (FakeQuantize fake, float factor) = Form([.. Enumerable.Range(0, context.Count).Select(context.Optional)], x.Shape);
        return new Binary(BinaryFunction.Multiply, Activation.None).Evaluate(new([fake.Evaluate(new([x], 1))[0], Tensor.Scalar(factor)], 1));
    }

    private (FakeQuantize Fake, float Factor) Form(Tensor?[] inputs, Shape x)
    {
        Quantization own = QonnxScale.Of(inputs[1]!, inputs[2]!, x);
        int before = QonnxScale.Bits(inputs[3]!, "input bit width"), after = QonnxScale.Bits(inputs[^1]!, "output bit width");
        if (own.Zeros.Any(zero => zero != 0) || own.Axis >= 0)
            throw OperatorException.Unsupported("Trunc has a zero point, or several scales. Quantize per tensor with zero point 0.");
        if (inputs.Length == OlderInputs)
        {
            // Without a sign nor a clamp: what fits either way.
            if (after > before || after > 7)
                throw OperatorException.Unsupported($"Trunc from {before} to {after} bits is not supported where the node does not say the output's scale; 1 to 7 bits are. Export it with an output scale.");
            float factor = MathF.ScaleB(1, before - after);
            return (new(Ir.Quantization.PerTensor((float)own.Scale * factor, 0), -(1 << after), (1 << after) - 1, Rounding), 1 / factor);
        }

        Quantization to = QonnxScale.Of(inputs[4]!, inputs[5]!, x);
        if (to.Axis >= 0 || to.Zeros[0] != 0 || !double.IsPow2(to.Scale / own.Scale))
            throw OperatorException.Unsupported("Trunc's output scale must be one number, its input scale times a power of two, with zero point 0.");
        int lo = Signed ? -(1 << (after - 1)) + (Narrow ? 1 : 0) : 0;
        int hi = Signed ? (1 << (after - 1)) - 1 : (1 << after) - (Narrow ? 2 : 1);
        return (new(to, lo, hi, Rounding), 1);
    }
}
