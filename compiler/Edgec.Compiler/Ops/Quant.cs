using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// QONNX's Quant: inputs x, scale, zero point and bit width, the last three constant. Canonical, a <see cref="FakeQuantize"/>;
/// with one bit and a sign, -1 and 1 as <see cref="BipolarQuant"/> has them.
/// </summary>
public sealed record Quant(bool Signed, bool Narrow, RoundingMode Rounding) : Operator
{
    /// <summary>Of all custom operators for quantization: where Brevitas, FINN and QKeras put them.</summary>
    public const string Domain = "qonnx.custom_op.general";

    public static readonly ImmutableArray<string> OtherDomains = ["onnx.brevitas", "finn.custom_op.general"];

    public static readonly OpDef Def = new("qonnx-quant", "Quant", a => new Quant(
        a.Flag("signed", true), a.Flag("narrow", true), QonnxRounding.Parse(a.Text("rounding_mode", "ROUND"))))
    { Domain = Domain, AlsoIn = OtherDomains };

    public override string Name => "qonnx-quant";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        [("signed", Signed), ("narrow", Narrow), ("rounding_mode", QonnxRounding.Text(Rounding))];

    public override bool Folds => false;

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        for (int i = 1; i < 4; i++)
            context.Input(i);
        return [context.Input(0)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Tensor scale = context.RequireConstant(1, "scale"), zero = context.RequireConstant(2, "zero point"), bits = context.RequireConstant(3, "bit width");
        int width = QonnxScale.Bits(bits, "bit width");
        if (width == 1 && Signed)
            return [BipolarQuant.Canonical(context, QonnxScale.Of(scale, zero, context.Shape(0)))];
        return [context.Add(Fake(scale, zero, width, context.Shape(0)), context.Input(0))];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        int width = QonnxScale.Bits(context.Input(3), "bit width");
        return width == 1 && Signed
            ? [BipolarQuant.Value(x, QonnxScale.Of(context.Input(1), context.Input(2), x.Shape))]
            : Fake(context.Input(1), context.Input(2), width, x.Shape).Evaluate(new([x], 1));
    }

    private FakeQuantize Fake(Tensor scale, Tensor zero, int width, Shape x)
    {
        int lo = Signed ? -(1 << (width - 1)) + (Narrow ? 1 : 0) : 0;
        int hi = Signed ? (1 << (width - 1)) - 1 : (1 << width) - (Narrow ? 2 : 1);
        return new(QonnxScale.Of(scale, zero, x), lo, hi, Rounding);
    }
}
