using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// A constant matrix (input 1, [output, input]) times every line of one axis: what resizing an axis by interpolation is,
/// whatever the scale. Not in ONNX; <see cref="Resize"/> becomes it.
/// </summary>
/// <remarks>Axes of extent 1 among those of the matrix mean nothing: a change of layout may put some there.</remarks>
public sealed record Interpolate(int Axis) : Operator
{
    public static readonly OpDef Def = new("interpolate", null, a => new Interpolate(a.Int("axis")));

    public override string Name => "interpolate";

    public override IEnumerable<(string Name, AttributeValue Value)> Attributes => [("axis", Axis)];

    public override QuantizationRule Quantization => QuantizationRule.Calibrated;

    public override bool NeedsChannelsLast => true;

    /// <summary>The interpolation matrix of an axis; null if an output is the extrapolation value.</summary>
    public static Tensor? Matrix(ResizeSampling sampling, in ResizeAxis axis)
    {
        Shape shape = Extents.Checked([axis.Output, axis.Input]);
        var matrix = new float[shape.ElementCount];
        for (int i = 0; i < axis.Output; i++)
        {
            if (sampling.Taps(i, axis) is not { } taps)
                return null;
            for (int t = 0; t < taps.Weights.Length; t++)
                matrix[i * axis.Input + Math.Clamp(taps.First + t, 0, axis.Input - 1)] += (float)taps.Weights[t];
        }

        return Tensor.Of(shape, matrix);
    }

    public override bool HasWideForm => true;

    public override ImmutableArray<TensorType> Infer(InferContext context)
    {
        TensorType x = context.Input(0);
        List<long> extents = [.. x.Shape.Select(extent => (long)extent)];
        extents[Extents.Axis(Axis, x.Shape.Rank)] = Geometry(x.Shape, context.Shape(1)).Rows;
        return [new(x.Element, Extents.Checked(extents))];
    }

    public override Operator? ToChannelsLast(InferContext context) =>
        context.Shape(0).Rank == 4 ? new Interpolate(Extents.ChannelsLast(Extents.Axis(Axis, 4))) : null;

    public override ImmutableArray<Tensor> Evaluate(EvaluationContext context)
    {
        Tensor x = context.Input(0), matrix = context.Input(1), y = Tensor.Zeros(ElementType.F32, Infer(context.Infer)[0].Shape);
        MatmulGeometry geometry = Geometry(x.Shape, matrix.Shape);
        RowSplit.Run(geometry.Batch * geometry.Rows, (long)y.Count * geometry.Inner, (first, end) => FloatMatmul.Multiply(
            geometry, matrix.Span<float>(), x.Span<float>(), [], float.NegativeInfinity, float.PositiveInfinity, y.Span<float>(), first, end));
        return [y];
    }

    public override Lowered Lower(LoweringContext context)
    {
        KernelTypes.Require(context, Name);
        Shape x = context.Shape(0), y = context.Output.Shape;
        MatmulGeometry geometry = Geometry(x, context.Shape(1));
        // The matrix's lines and the columns must lie as a product finds them where rows are padded.
        bool plainMatrix = context.StoredCount(context.Shape(1)) == context.StoredCount([geometry.Rows, geometry.Inner]);
        bool plainLines = Extents.Axis(Axis, x.Rank) == x.Rank - 2 || (context.StoredCount(x) == x.ElementCount && context.StoredCount(y) == y.ElementCount);
        if (!plainMatrix || !plainLines)
            throw new OperatorException("EC4001", $"Interpolating axis {Axis} of {x} has no kernel where rows are padded. Pad the channels to whole words, or resize in mode nearest.");
        if (!context.IsQuantized)
            return context.Kernel(new MatmulKernel(geometry, null, null, FloatFinish.Identity), 1, 0);
        Quantization matrix = context.Quantization(1), image = context.Quantization(0);
        IntegerFinish finish = Scaling.Finish(context, matrix, image, geometry.Columns, Activation.None);
        return context.Kernel(new MatmulKernel(geometry, null, null, finish, matrix.Zero, image.Zero), 1, 0);
    }

    public override long Macs(InferContext context) => Infer(context)[0].Shape.ElementCount * Geometry(context.Shape(0), context.Shape(1)).Inner;

    // [outer, input, inner] to [outer, output, inner], the matrix on the left.
    private MatmulGeometry Geometry(Shape x, Shape matrix)
    {
        int axis = Extents.Axis(Axis, x.Rank);
        if (x[axis] == 0 || matrix.ElementCount % x[axis] != 0)
            throw OperatorException.Invalid($"Interpolate cannot apply a matrix {matrix} along axis {axis} of {x}.");
        int rows = (int)(matrix.ElementCount / x[axis]);
        return new(x.Product(0, axis), rows, x[axis], x.Product(axis + 1, x.Rank), RightTransposed: false, BroadcastLeft: true, BroadcastRight: false);
    }
}
