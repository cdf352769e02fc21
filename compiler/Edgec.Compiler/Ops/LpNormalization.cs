using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// Divides each row along an axis by its norm Σ|x| (p = 1) or √Σx² (p = 2); rows of zeros stay. Canonical, p = 2 is a
/// normalisation by the mean of squares along the last axis, p = 1 elementary operators.
/// </summary>
public sealed record LpNormalization(int Axis, int P) : Operator
{
    // Keeps 0 / 0 from arising without changing any other quotient that single precision can tell.
    private const float Smallest = 1e-30f;

    // The same for the mean of squares.
    private const float SmallestSquare = 1e-37f;

    public static readonly OpDef Def = new("lp-normalization", "LpNormalization", a => a.Int("p", 2) is 1 or 2
        ? new LpNormalization(a.Int("axis", -1), a.Int("p", 2))
        : throw OperatorException.Invalid($"LpNormalization's p is 1 or 2, not {a.Int("p", 2)}."));

    public override string Name => "lp-normalization";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => P == 2 ? [("axis", Axis)] : [("axis", Axis), ("p", P)];

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        Extents.Axis(Axis, x.Shape.Rank);
        return [new(x.Element, x.Shape)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        if (P == 2)
            return [Euclidean(context)];
        string norm = context.Add(Norm, context.Input(0));
        string safe = context.Add(new Unary(UnaryFunction.Clip, Smallest, float.PositiveInfinity), norm);
        return [context.Add(new Binary(BinaryFunction.Divide, Activation.None), context.Input(0), safe)];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0), norm = Norm.Evaluate(new([x.ToF32()], 1))[0];
        Tensor safe = new Unary(UnaryFunction.Clip, Smallest, float.PositiveInfinity).Evaluate(new([norm], 1))[0];
        return [new Binary(BinaryFunction.Divide, Activation.None).Evaluate(new([x.ToF32(), safe], 1))[0].ConvertTo(x.Element)];
    }

    private Reduce Norm => new(P == 1 ? ReduceFunction.L1 : ReduceFunction.L2, [Axis], true);

    // x / √Σx² = x / √(Σx² / n) / √n
    private string Euclidean(Canonicalizer context)
    {
        Shape x = context.Shape(0);
        int axis = Extents.Axis(Axis, x.Rank), last = x.Rank - 1;
        Tensor scale = Tensor.Zeros(ElementType.F32, [x[axis]]);
        scale.Span<float>().Fill((float)(1 / Math.Sqrt(Math.Max(x[axis], 1))));
        var norm = new RmsNormalization(last, SmallestSquare);
        string parameter = context.AddConstant("scale", scale);
        if (axis == last)
            return context.Add(norm, context.Input(0), parameter);
        int[] swap = [.. Enumerable.Range(0, x.Rank).Select(i => i == axis ? last : i == last ? axis : i)];
        return context.Add(new Transpose([.. swap]), context.Add(norm, context.Add(new Transpose([.. swap]), context.Input(0)), parameter));
    }
}
