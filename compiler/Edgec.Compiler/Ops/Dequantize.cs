using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>i8 or i16 to f32 by the scale and zero point of the input's type. The quantizer inserts it; in float mathematics it is the identity.</summary>
public sealed record Dequantize : Operator
{
    public static readonly OpDef Def = new("dequantize", null, _ => new Dequantize());

    public override string Name => "dequantize";

    public override bool Folds => false;

    public override ImmutableArray<TensorType> Infer(InferContext context) => [new(ElementType.F32, context.Shape(0))];

    public override Operator? ToChannelsLast(InferContext context) => this;

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) => [context.Input(0)];

    public override Lowered Lower(LoweringContext context)
    {
        Quantization from = context.Quantization(0);
        return context.Kernel(new ConvertKernel(Conversion.Dequantize, context.StoredCount(context.Output.Shape), (float)from.Scale, from.Zero), 0);
    }
}
