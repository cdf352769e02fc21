using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>Nothing, as edgec only infers; its second output, the mask, is all ones.</summary>
/// <param name="MaskElement">Bool, or (before opset 10) null for the element type of the data.</param>
public sealed record Dropout(ElementType? MaskElement = ElementType.Bool) : Operator
{
    public static readonly OpDef Def = new("dropout", "Dropout", a =>
    {
        a.Has("ratio");
        a.Has("seed");
        a.Has("is_test");
        a.Has("consumed_inputs");
        return new Dropout(a.Opset < 10 || a.Flag("mask_like_data") ? null : ElementType.Bool);
    });

    public override string Name => "dropout";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => MaskElement is null ? [("mask_like_data", true)] : [];

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        if (context.Constant(2) is { } training && training.Integer(0) != 0 && context.Constant(1)?.Number(0) != 0)
            throw OperatorException.Unsupported("Dropout is in training mode, which drops at random. Export the model for inference.");
        return context.Outputs > 1 ? [x, new(MaskElement ?? x.Element, x.Shape)] : [x];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context) => context.Outputs > 1
        ? [context.Input(0), context.AddConstant("mask", Mask(context.Type(0).Element, context.Shape(0)))]
        : [context.Input(0)];

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        return context.Outputs > 1 ? [x, Mask(x.Element, x.Shape)] : [x];
    }

    private Tensor Mask(ElementType data, Shape shape)
    {
        var ones = new bool[shape.ElementCount];
        Array.Fill(ones, true);
        return Tensor.Of(shape, ones).ConvertTo(MaskElement ?? data);
    }
}
