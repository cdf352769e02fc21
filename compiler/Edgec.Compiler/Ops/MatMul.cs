using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// Matrix product a [.., Rows, Inner] · b [.., Inner, Columns] with numpy's broadcasting of batches, an optional bias
/// [Columns] and a fused clamp. Canonical weights are a constant b [Columns, Inner] with <paramref name="TransposeB"/>:
/// that is also what Gemm becomes.
/// </summary>
public sealed record MatMul(bool TransposeB, Activation Activation) : Operator
{
    public static readonly OpDef Def = new("matmul", "MatMul", a => new MatMul(a.Flag("transpose_b"), Activation.Read(a)));

    public override string Name => "matmul";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes =>
        TransposeB ? [("transpose_b", true), .. Activation.Attributes] : Activation.Attributes;

    public override QuantizationRule Quantization => QuantizationRule.Calibrated;

    public override bool HasExactSums => Activation.IsNone;

    public override bool HasWideForm => true;

    public override OperandRole RoleOf(int input) => input switch
    {
        1 when TransposeB => OperandRole.Weight(axis: 0),
        2 => OperandRole.Bias,
        _ => OperandRole.Activation,
    };

    public override Operator? Clamped(Activation next) => this with { Activation = Activation.Then(next) };

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType a = context.Input(0);
        Product product = new(a.Shape, context.Shape(1), TransposeB);
        if (context.Has(2) && context.Shape(2).ElementCount != product.Columns)
            throw OperatorException.Invalid($"MatMul has {product.Columns} columns but a bias {context.Shape(2)}.");
        return [new(a.Element, product.Output)];
    }

    public override ImmutableArray<string>? Canonicalize(Canonicalizer context)
    {
        Shape a = context.Shape(0), b = context.Shape(1);
        if (a.Rank == 1 || b.Rank == 1)
        {
            string left = a.Rank == 1 ? context.Add(new Reshape([1, a[0]]), context.Input(0)) : context.Input(0);
            string right = b.Rank == 1 ? context.Add(new Reshape(TransposeB ? [1, b[0]] : [b[0], 1]), context.Input(1)) : context.Input(1);
            string y = context.Add(this, [left, right, .. context.Has(2) ? [context.Input(2)] : Array.Empty<string>()]);
            return [context.Add(new Reshape([.. context.OutputType().Shape]), y)];
        }

        Product product = new(a, b, TransposeB);
        if (product.RepeatsPart)
        {
            string left = Repeated(context, 0, product), right = Repeated(context, 1, product);
            return [context.Add(this, [left, right, .. context.Has(2) ? [context.Input(2)] : Array.Empty<string>()])];
        }

        // Weights are one matrix [Columns, Inner], whatever axes of extent 1 stand before it.
        bool single = b.ElementCount == (long)b[^1] * b[^2] && a.Rank >= b.Rank;
        if (!single || (TransposeB && b.Rank == 2) || Columns(context, [b[^2], b[^1]]) is not { } columns)
            return null;
        return [context.Add(this with { TransposeB = true }, [context.Input(0), columns, .. context.Has(2) ? [context.Input(2)] : Array.Empty<string>()])];
    }

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor a = context.Input(0), b = context.Input(1);
        Product product = new(a.Shape, b.Shape, TransposeB);
        if (!a.Element.IsFloat())
            throw OperatorException.Unsupported($"MatMul on {a.Element.Text()} is not supported. Cast its inputs to float.");
        Tensor y = Tensor.Zeros(ElementType.F32, product.Output), left = a.ToF32(), right = b.ToF32();
        Tensor? bias = context.Optional(2)?.ToF32();
        var geometry = BroadcastGeometry.Of(product.Batch, product.BatchA, product.BatchB);
        BroadcastCursor cursorA = new(geometry, 0), cursorB = new(geometry, 1);
        var one = new MatmulGeometry(1, product.Rows, product.Inner, product.Columns, TransposeB, BroadcastLeft: false, BroadcastRight: false);
        int sizeA = product.Rows * product.Inner, sizeB = product.Inner * product.Columns, sizeY = product.Rows * product.Columns;
        for (int i = 0; i < product.Batch.ElementCount; i++)
        {
            int fromA = cursorA.Next() * sizeA, fromB = cursorB.Next() * sizeB, target = i * sizeY;
            RowSplit.Run(product.Rows, (long)sizeY * product.Inner, (first, end) => FloatMatmul.Multiply(
                one, left.Span<float>().Slice(fromA, sizeA), right.Span<float>().Slice(fromB, sizeB), bias is null ? [] : bias.Span<float>(),
                Activation.Lo, Activation.Hi, y.Span<float>().Slice(target, sizeY), first, end));
        }

        return [y.ConvertTo(a.Element)];
    }

    public override Lowered Lower(LoweringContext context)
    {
        KernelTypes.Require(context, Name);
        Product product = new(context.Shape(0), context.Shape(1), TransposeB);
        Tensor? weights = TransposeB && context.Shape(1).Rank == 2 ? context.Constant(1) : null;
        if (weights is not null && context.IsQuantized)
            weights = WeightPacking.Narrow(context, weights);
        Tensor? bias = context.Has(2) ? context.RequireConstant(2, "bias") : null;
        Finish finish = Activation.Finish;
        int leftZero = 0, rightZero = 0;
        WeightGroups? groups = null;
        if (context.IsQuantized)
        {
            Quantization a = context.Quantization(0), b = context.Quantization(1);
            leftZero = a.Zero;
            groups = WeightGroups.Of(b, product.Columns);
            rightZero = weights is null ? b.Zero : 0;
            finish = context.Finisher is { } stated
                ? stated.FinishWeighted(context, weights, bias, product.Columns, product.Inner)
                : Scaling.Finish(context, a, b, product.Columns, Activation);
        }

        var kernel = new MatmulKernel(Geometry(product), weights, bias, finish, leftZero, rightZero, groups);
        return weights is null ? context.Kernel(kernel, 0, 1) : context.Kernel(kernel, 0);
    }

    public override long Macs(InferContext context)
    {
        Product product = new(context.Shape(0), context.Shape(1), TransposeB);
        return product.Output.ElementCount * product.Inner;
    }

    private MatmulGeometry Geometry(Product product)
    {
        if (product.RepeatsPart)
            throw new OperatorException("EC4001", $"MatMul that repeats part of the batches {product.BatchA} and {product.BatchB} has no kernel. Run the pass canonicalize first.");
        int batch = (int)product.Batch.ElementCount;
        if (product.BatchB.ElementCount == 1) // the batches of the left side are just more rows
            return new(1, batch * product.Rows, product.Inner, product.Columns, TransposeB, BroadcastLeft: false, BroadcastRight: true);
        return new(batch, product.Rows, product.Inner, product.Columns, TransposeB, product.BatchA.ElementCount == 1, BroadcastRight: false);
    }

    // Constant weights as [Columns, Inner]; null if they are not constant.
    private string? Columns(Canonicalizer context, Shape matrix)
    {
        if (context.Constant(1) is { } weights)
            return context.AddConstant("weights", TransposeB ? weights.Reshape(matrix) : weights.Reshape(matrix).Transpose([1, 0]));
        if (!context.IsStated(1))
            return null;
        string b = context.Shape(1) == matrix ? context.Input(1) : context.Add(new Reshape([.. matrix]), context.Input(1));
        return TransposeB ? b : context.Add(new Transpose([1, 0]), b);
    }

    // matmul(a [2,1,M,K], b [1,3,K,N])  =>  matmul(expand(a) [2,3,M,K], expand(b) [2,3,K,N])
    private static string Repeated(Canonicalizer context, int input, Product product)
    {
        Shape shape = context.Shape(input), full = [.. product.Batch, shape[^2], shape[^1]];
        return full == shape ? context.Input(input) : context.Add(new Expand([.. full]), context.Input(input));
    }

    // The shapes of numpy's matmul: vectors are promoted to matrices and their axis is dropped from the result.
    private sealed class Product
    {
        public Product(Shape a, Shape b, bool transposeB)
        {
            if (a.Rank == 0 || b.Rank == 0)
                throw OperatorException.Invalid("MatMul needs at least vectors, not scalars.");
            bool dropRows = a.Rank == 1, dropColumns = b.Rank == 1;
            (Rows, Inner) = dropRows ? (1, a[0]) : (a[^2], a[^1]);
            (int innerB, Columns) = dropColumns ? (b[0], 1) : transposeB ? (b[^1], b[^2]) : (b[^2], b[^1]);
            if (Inner != innerB)
                throw OperatorException.Invalid($"MatMul multiplies {a} by {b}{(transposeB ? " transposed" : "")}, whose inner extents differ.");
            BatchA = [.. a.SkipLast(2)];
            BatchB = [.. b.SkipLast(2)];
            Batch = Extents.Broadcast(BatchA, BatchB);
            List<long> output = [.. Batch.Select(e => (long)e)];
            if (!dropRows)
                output.Add(Rows);
            if (!dropColumns)
                output.Add(Columns);
            Output = Extents.Checked(output);
        }

        public int Rows { get; }

        public int Inner { get; }

        public int Columns { get; }

        public Shape BatchA { get; }

        public Shape BatchB { get; }

        public Shape Batch { get; }

        /// <summary>Neither side is one matrix, and one has fewer than the result.</summary>
        public bool RepeatsPart => BatchA.ElementCount != 1 && BatchB.ElementCount != 1
            && (BatchA.ElementCount != Batch.ElementCount || BatchB.ElementCount != Batch.ElementCount);

        public Shape Output { get; }
    }
}
