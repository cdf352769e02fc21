using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// Batch normalization with its trained statistics: inputs x [N,C,…], scale, shift, mean and variance [C]. Canonical, a
/// product and a sum along the channels, which the convolution before it can take in.
/// </summary>
public sealed record BatchNormalization(float Epsilon) : Operator
{
    public static readonly OpDef Def = new("batch-normalization", "BatchNormalization", a =>
    {
        // Of the training's bookkeeping nothing matters but the mode.
        a.Has("momentum");
        a.Has("is_test");
        a.Has("consumed_inputs");
        if (a.Flag("training_mode"))
            throw OperatorException.Unsupported("BatchNormalization is in training mode. Export the model for inference.");
        if (!a.Flag("spatial", true))
            throw OperatorException.Unsupported("BatchNormalization with spatial=0 has parameters for every position. Export it per channel.");
        return new BatchNormalization(a.Float("epsilon", 1e-5f));
    });

    public override string Name => "batch-normalization";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => Epsilon == 1e-5f ? [] : [("epsilon", Epsilon)];

    public override OperandRole RoleOf(int input) => input == 0 ? OperandRole.Activation : OperandRole.Parameter;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        if (x.Shape.Rank < 2)
            throw OperatorException.Invalid($"BatchNormalization needs an input [N,C,…], not {x}.");
        for (int i = 1; i < 5; i++)
        {
            if (context.Shape(i).ElementCount != x.Shape[1])
                throw OperatorException.Invalid($"BatchNormalization over {x.Shape[1]} channels has a parameter {context.Shape(i)}.");
        }

        if (context.Outputs > 1)
            throw OperatorException.Unsupported("BatchNormalization gives statistics of the batch. Export the model for inference.");
        return [new(x.Element, x.Shape)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Shape x = context.Shape(0);
        (Tensor factor, Tensor addend) = Affine([.. Enumerable.Range(1, 4).Select(i => context.RequireConstant(i, "a parameter of BatchNormalization"))]);
        Shape along = [x[1], .. Enumerable.Repeat(1, x.Rank - 2)];
        string scaled = context.Add(
            new Binary(BinaryFunction.Multiply, Activation.None), context.Input(0), context.AddConstant("factor", factor.Reshape(along)));
        return [context.Add(new Binary(BinaryFunction.Add, Activation.None), scaled, context.AddConstant("addend", addend.Reshape(along)))];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        (Tensor factor, Tensor addend) = Affine([context.Input(1), context.Input(2), context.Input(3), context.Input(4)]);
        Shape along = [x.Shape[1], .. Enumerable.Repeat(1, x.Shape.Rank - 2)];
        Tensor scaled = new Binary(BinaryFunction.Multiply, Activation.None).Evaluate(new([x, factor.Reshape(along)], 1))[0];
        return new Binary(BinaryFunction.Add, Activation.None).Evaluate(new([scaled, addend.Reshape(along)], 1));
    }

    /// <summary>The same as <c>factor · x + addend</c>, each [C].</summary>
    /// <param name="parameters">Scale, shift, mean, variance.</param>
    public (Tensor Factor, Tensor Addend) Affine(IReadOnlyList<Tensor> parameters)
    {
        int channels = parameters[0].Count;
        var factor = new float[channels];
        var addend = new float[channels];
        for (int c = 0; c < channels; c++)
        {
            double scale = parameters[0].Number(c) / Math.Sqrt(parameters[3].Number(c) + Epsilon);
            factor[c] = (float)scale;
            addend[c] = (float)(parameters[1].Number(c) - parameters[2].Number(c) * scale);
        }

        return (Tensor.Of([channels], factor), Tensor.Of([channels], addend));
    }
}
