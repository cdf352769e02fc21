using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>The input. Canonical graphs hold it only where an output of the graph would otherwise be an input or another output.</summary>
public sealed record Identity : Operator
{
    public static readonly OpDef Def = new("identity", "Identity", _ => new Identity());

    public override string Name => "identity";

    public override QuantizationRule Quantization => QuantizationRule.Shared;

    public override ImmutableArray<TensorType> Infer(InferContext context) => [context.Input(0)];

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context) => [context.Input(0)];

    public override Operator? ToChannelsLast(InferContext context) => this;

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) => [context.Input(0)];

    public override Lowered Lower(LoweringContext context)
    {
        int count = context.StoredCount(context.Output.Shape);
        return context.Kernel(new MoveKernel(context.Output.Element.SizeOf(), count, [new(0, [count], [1], [1], 0, 0)]), 0);
    }
}
