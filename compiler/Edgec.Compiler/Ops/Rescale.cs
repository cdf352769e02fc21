using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>i8 to i8 at another scale, by a table. The quantizer inserts it; in float mathematics it is the identity.</summary>
public sealed record Rescale : Operator
{
    public static readonly OpDef Def = new("rescale", null, _ => new Rescale());

    public override string Name => "rescale";

    public override QuantizationRule Quantization => QuantizationRule.Calibrated;

    public override bool Folds => false;

    public override ImmutableArray<TensorType> Infer(InferContext context) => [new(context.Input(0).Element, context.Shape(0))];

    public override Operator? ToChannelsLast(InferContext context) => this;

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) => [context.Input(0)];

    public override Lowered Lower(LoweringContext context) => LookupTable.Lower(context, 0, x => x);
}
