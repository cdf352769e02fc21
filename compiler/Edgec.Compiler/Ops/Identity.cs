using System.Collections.Immutable;
using Edgec.Ir;

namespace Edgec.Ops;

/// <summary>Its input. Canonical graphs hold it only where an output of the graph is an input or another output.</summary>
public sealed record Identity : Operator
{
    public static readonly OpDef Def = new("identity", "Identity", _ => new Identity());

    public override string Name => "identity";

    public override QuantizationRule Quantization => QuantizationRule.Shared;

    public override ImmutableArray<TensorType> Infer(InferContext context) => [context.Input(0)];

    public override ImmutableArray<Runtime.Tensor> Evaluate(EvaluationContext context) => [context.Input(0)];

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context) => [context.Input(0)];

    public override Operator? ToChannelsLast(InferContext context) => this;

    public override Lowered Lower(LoweringContext context) => context.View(0);
}
