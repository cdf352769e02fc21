using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary><c>(x - mean) / (deviation + 1e-9)</c> over the given axes; canonical, elementary operators.</summary>
public sealed record MeanVarianceNormalization(EquatableArray<int> Axes) : Operator
{
    private static readonly Tensor Epsilon = Tensor.Scalar(1e-9f);

    public static readonly OpDef Def = new("mean-variance-normalization", "MeanVarianceNormalization", a =>
        new MeanVarianceNormalization(a.Has("axes") ? a.Ints("axes") : [0, 2, 3]));

    public override string Name => "mean-variance-normalization";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => [("axes", Axes)];

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        foreach (int axis in Axes)
            Extents.Axis(axis, x.Shape.Rank);
        return [new(x.Element, x.Shape)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        string x = context.Input(0);
        string centred = context.Add(new Binary(BinaryFunction.Subtract, Activation.None), x, context.Add(Mean, x));
        string variance = context.Add(Mean, context.Add(new Binary(BinaryFunction.Multiply, Activation.None), centred, centred));
        string deviation = context.Add(new Unary(UnaryFunction.SquareRoot), variance);
        string safe = context.Add(new Binary(BinaryFunction.Add, Activation.None), deviation, context.AddConstant("epsilon", Epsilon));
        return [context.Add(new Binary(BinaryFunction.Divide, Activation.None), centred, safe)];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0).ToF32();
        Tensor centred = Two(BinaryFunction.Subtract, x, Mean.Evaluate(new([x], 1))[0]);
        Tensor variance = Mean.Evaluate(new([Two(BinaryFunction.Multiply, centred, centred)], 1))[0];
        Tensor deviation = new Unary(UnaryFunction.SquareRoot).Evaluate(new([variance], 1))[0];
        return [Two(BinaryFunction.Divide, centred, Two(BinaryFunction.Add, deviation, Epsilon)).ConvertTo(context.Input(0).Element)];
    }

    private static Tensor Two(BinaryFunction function, Tensor a, Tensor b) => new Binary(function, Activation.None).Evaluate(new([a, b], 1))[0];

    private Reduce Mean => new(ReduceFunction.Mean, Axes, true);
}
