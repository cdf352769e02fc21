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
        Shape a = context.Shape(0), b = context.Shape(1);
        if (a.Rank != 2 || b.Rank != 2)
            throw OperatorException.Invalid($"Gemm needs two matrices, not {a} and {b}.");
        int rows = TransposeA ? a[1] : a[0], inner = TransposeA ? a[0] : a[1];
        int columns = TransposeB ? b[0] : b[1];
        if (inner != (TransposeB ? b[1] : b[0]))
            throw OperatorException.Invalid($"Gemm multiplies {a}{(TransposeA ? " transposed" : "")} by {b}{(TransposeB ? " transposed" : "")}, whose inner extents differ.");
        Shape y = [rows, columns];
        if (context.Has(2) && Extents.Broadcast(y, context.Shape(2)) != y)
            throw OperatorException.Invalid($"Gemm adds {context.Shape(2)} to {y}, which does not broadcast.");
        return [new(context.Input(0).Element, y)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Shape output = context.OutputType().Shape;
        string a = TransposeA ? context.Add(new Transpose([1, 0]), context.Input(0)) : context.Input(0);
        if (context.Constant(1) is not { } weights)
        {
            string product = Scale(context, context.Add(new MatMul(TransposeB, Activation.None), a, context.Input(1)), Alpha, "alpha");
            return [AddC(context, product)];
        }

        Tensor scaled = Times(TransposeB ? weights : weights.Transpose([1, 0]), Alpha);
        var matmul = new MatMul(true, Activation.None);
        string b = context.AddConstant("weights", scaled);
        if (context.Constant(2) is not { } c || (c.Shape.Rank == 2 && c.Shape[0] != 1))
            return [AddC(context, context.Add(matmul, a, b))];
        Tensor zero = Tensor.Zeros(ElementType.F32, [output[1]]);
        Tensor bias = new Binary(BinaryFunction.Add, Activation.None).Evaluate(new([zero, Times(c, Beta)], 1))[0];
        return [context.Add(matmul, a, b, context.AddConstant("bias", bias.Reshape([output[1]]).ConvertTo(c.Element)))];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor a = context.Input(0);
        Tensor product = new MatMul(TransposeB, Activation.None).Evaluate(new([TransposeA ? a.Transpose([1, 0]) : a, context.Input(1)], 1))[0];
        Tensor y = Times(product, Alpha);
        return context.Optional(2) is { } c
            ? new Binary(BinaryFunction.Add, Activation.None).Evaluate(new([y, Times(c, Beta)], 1))
            : [y];
    }

    public override long Macs(InferContext context) =>
        Infer(context)[0].Shape.ElementCount * context.Shape(0)[TransposeA ? 0 : 1];

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
