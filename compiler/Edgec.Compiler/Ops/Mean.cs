using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>The mean of any number of operands; canonical, their sum times a constant.</summary>
public sealed record Mean : Operator
{
    public static readonly OpDef Def = new("mean", "Mean", a =>
    {
        a.Has("consumed_inputs");
        return new Mean();
    });

    private static readonly Binary Sum = new(BinaryFunction.Add, Activation.None);

    public override string Name => "mean";

    public override ImmutableArray<TensorType> Infer(InferContext context) => Sum.Infer(context);

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        string sum = context.Add(Sum, [.. Enumerable.Range(0, context.Count).Select(context.Input)]);
        string count = context.AddConstant("count", Tensor.Scalar(1f / context.Count));
        return [context.Add(new Binary(BinaryFunction.Multiply, Activation.None), sum, count)];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) =>
        new Binary(BinaryFunction.Divide, Activation.None).Evaluate(new([Sum.Evaluate(context)[0], Tensor.Scalar((float)context.Count)], 1));
}
