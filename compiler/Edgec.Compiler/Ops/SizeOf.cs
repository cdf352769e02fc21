using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>The number of elements of the input, an i64 scalar; a constant as soon as the input's type is known.</summary>
public sealed record SizeOf : Operator
{
    public static readonly OpDef Def = new("size", "Size", _ => new SizeOf());

    public override string Name => "size";

    public override ImmutableArray<TensorType> Infer(InferContext context) => [new(ElementType.I64, Shape.Scalar)];

    public override ImmutableArray<Tensor>? ValueFromTypes(InferContext context) => [Tensor.Scalar(context.Shape(0).ElementCount)];

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) => [Tensor.Scalar(context.Input(0).Shape.ElementCount)];
}
