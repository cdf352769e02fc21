using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>f32 to i8 or i16 at the scale and zero point of the output's type. The quantizer inserts it; in float mathematics it is the identity.</summary>
public sealed record Quantize : Operator
{
    public static readonly OpDef Def = new("quantize", null, _ => new Quantize());

    public override string Name => "quantize";

    public override QuantizationRule Quantization => QuantizationRule.Calibrated;

    public override bool Folds => false;

    public override ImmutableArray<TensorType> Infer(InferContext context) => [new(ElementType.I8, context.Shape(0))];

    public override Operator? ToChannelsLast(InferContext context) => this;

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) => [context.Input(0)];

    public override Lowered Lower(LoweringContext context)
    {
        Quantization to = context.Output.Quantization
            ?? throw new OperatorException("EC3001", "The result of quantize has no scale. Give its type one.");
        return context.Kernel(new ConvertKernel(Conversion.Quantize, context.StoredCount(context.Output.Shape), (float)to.Scale, to.Zero), 0);
    }
}
