using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>An operator that gives its first input another shape; canonical, a <see cref="Reshape"/>.</summary>
public abstract record ViewOperator : Operator
{
    public override QuantizationRule Quantization => QuantizationRule.Shared;

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override ImmutableArray<TensorType> Infer(InferContext context) =>
        [context.Input(0) with { Shape = Resolve(context.Shape(0), context) }];

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) =>
        [context.Input(0).Reshape(Resolve(context.Input(0).Shape, context.Infer))];

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context) =>
        [context.Add(Reshape.To(context.OutputType().Shape), context.Input(0))];

    /// <summary>The output's shape, with the same number of elements.</summary>
    private protected abstract Shape Resolve(Shape x, InferContext context);
}
