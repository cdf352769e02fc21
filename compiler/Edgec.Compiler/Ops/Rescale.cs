using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>i8 to i8 at another scale or within narrower bounds, by a table. The quantizer inserts it; in float mathematics it is the clamp alone.</summary>
public sealed record Rescale(Activation Activation) : Operator
{
    public static readonly OpDef Def = new("rescale", null, a => new Rescale(Activation.Read(a)));

    public override string Name => "rescale";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Activation.Attributes;

    public override QuantizationRule Quantization => QuantizationRule.Calibrated;

    public override bool Folds => false;

    public override ImmutableArray<TensorType> Infer(InferContext context) => [new(context.Input(0).Element, context.Shape(0))];

    public override Operator? ToChannelsLast(InferContext context) => this;

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) => Activation.IsNone
        ? [context.Input(0)]
        : new Unary(UnaryFunction.Clip, Activation.Lo, Activation.Hi).Evaluate(context);

    public override Lowered Lower(LoweringContext context) => LookupTable.Lower(context, 0, x => x, Activation);
}
