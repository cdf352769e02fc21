using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary><c>alpha · A' · B' + beta · C</c>; canonical, a <see cref="MatMul"/> with the factors folded into weights and bias.</summary>
public sealed record Gemm(float Alpha, float Beta, bool TransposeA, bool TransposeB) : Operator
{
    public static readonly OpDef Def = new("gemm", "Gemm", a =>
    {
        a.Has("broadcast"); // up to opset 6: C may be smaller than the result, which is always allowed here
        return new Gemm(a.Float("alpha", 1), a.Float("beta", 1), a.Flag("transA"), a.Flag("transB"));
    });

    public override string Name => "gemm";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes
    {
        get
        {
            if (Alpha != 1)
                yield return ("alpha", Alpha);
            if (Beta != 1)
                yield return ("beta", Beta);
            if (TransposeA)
                yield return ("transA", true);
            if (TransposeB)
                yield return ("transB", true);
        }
    }

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        if (context.Shape(0).Rank < 2 || context.Shape(1).Rank < 2)
            throw OperatorException.Invalid($"Gemm needs two matrices, not {context.Shape(0)} and {context.Shape(1)}.");
        TensorType a = context.Input(0);
        Shape left = TransposeA ? a.Shape.Permute(SwapLast(a.Shape.Rank)) : a.Shape;
        Shape y = Product.Infer(new([a with { Shape = left }, context.Input(1)], [], 1))[0].Shape;
        if (context.Has(2) && Extents.Broadcast(y, context.Shape(2)) != y)
            throw OperatorException.Invalid($"Gemm adds {context.Shape(2)} to {y}, which does not broadcast.");
        return [new(a.Element, y)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        // Weights that are about to become stated integers keep their bias.
        if (context.Producer(context.Input(1)) is { Op: Quant or FakeQuantize, Inputs: [var weight, ..] } && context.ConstantOf(weight) is not null)
            return null;
        string a = TransposeA ? context.Add(new Transpose([.. SwapLast(context.Shape(0).Rank)]), context.Input(0)) : context.Input(0);
        int columns = context.OutputType().Shape[^1];
        if (context.IsStated(1) && (context.IsStated(2) || context.Constant(2) is { Element: ElementType.F32 }) && Alpha == 1 && Beta == 1 && context.Shape(2) is [var biases] && biases == columns)
            return [context.Add(Product, a, context.Input(1), context.Input(2))];
        if (context.Constant(1) is not { } weights)
            return [AddC(context, Scale(context, context.Add(Product, a, context.Input(1)), Alpha, "alpha"))];
        string b = Alpha == 1 ? context.Input(1) : context.AddConstant("weights", Times(weights, Alpha));
        if (context.Constant(2) is not { } c || (c.Count != 1 && (c.Count != columns || c.Shape[^1] != columns)))
            return [AddC(context, context.Add(Product, a, b))];
        Tensor zero = Tensor.Zeros(ElementType.F32, [columns]);
        Tensor bias = new Binary(BinaryFunction.Add, Activation.None).Evaluate(new([zero, Times(c, Beta)], 1))[0];
        return [context.Add(Product, a, b, context.AddConstant("bias", bias.Reshape([columns]).ConvertTo(c.Element)))];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor a = context.Input(0);
        Tensor left = TransposeA ? a.Transpose(SwapLast(a.Shape.Rank)) : a;
        Tensor y = Times(Product.Evaluate(new([left, context.Input(1)], 1))[0], Alpha);
        return context.Optional(2) is { } c
            ? new Binary(BinaryFunction.Add, Activation.None).Evaluate(new([y, Times(c, Beta)], 1))
            : [y];
    }

    public override long Macs(InferContext context) =>
        Infer(context)[0].Shape.ElementCount * context.Shape(0)[TransposeA ? ^2 : ^1];

    // Some exporters leave batch axes in front of the matrices; the product means the same with them.
    private MatMul Product => new(TransposeB, Activation.None);

    private static int[] SwapLast(int rank) => [.. Enumerable.Range(0, rank - 2), rank - 1, rank - 2];

    private string AddC(Canonicalizer context, string product) => context.Has(2) && Beta != 0
        ? context.Add(new Binary(BinaryFunction.Add, Activation.None), product, Scale(context, context.Input(2), Beta, "beta"))
        : product;

    private static string Scale(Canonicalizer context, string value, float factor, string role) => factor == 1
        ? value
        : context.Add(new Binary(BinaryFunction.Multiply, Activation.None), value, context.AddConstant(role, Tensor.Scalar(factor)));

    private static Tensor Times(Tensor x, float factor) => factor == 1
        ? x
        : new Binary(BinaryFunction.Multiply, Activation.None).Evaluate(new([x, Tensor.Scalar(factor)], 1))[0];
}
