using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>Ones on a diagonal, zeros elsewhere, in the shape of the input matrix; a constant as soon as its type is known.</summary>
/// <param name="Diagonal">0 the main one, above it positive.</param>
/// <param name="Element">Null for the input's.</param>
public sealed record EyeLike(int Diagonal, ElementType? Element) : Operator
{
    public static readonly OpDef Def = new("eye-like", "EyeLike", a =>
        new EyeLike(a.Int("k", 0), a.Has("dtype") ? OnnxElement.FromCode(a.Int("dtype")) : null));

    public override string Name => "eye-like";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            if (Diagonal != 0)
                yield return ("k", Diagonal);
            if (Element is { } element)
                yield return ("dtype", OnnxElement.Code(element));
        }
    }

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        return x.Shape.Rank == 2 ? [new(Element ?? x.Element, x.Shape)] : throw OperatorException.Invalid($"EyeLike needs a matrix, not {x}.");
    }

    public override ImmutableArray<Tensor>? ValueFromTypes(InferContext context) => [Eye(Element ?? context.Input(0).Element, context.Shape(0))];

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0);
        return [Eye(Element ?? x.Element, x.Shape)];
    }

    private Tensor Eye(ElementType element, Shape shape)
    {
        Tensor eye = Tensor.Zeros(element, shape), one = Tensor.Scalar(true).ConvertTo(element);
        for (int row = 0; row < shape[0]; row++)
        {
            long column = (long)row + Diagonal;
            if (column >= 0 && column < shape[1])
                one.Bytes.CopyTo(eye.WritableBytes[(int)((row * (long)shape[1] + column) * element.SizeOf())..]);
        }

        return eye;
    }
}
