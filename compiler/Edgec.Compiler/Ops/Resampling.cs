using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>Interpolation along one axis, or two that are neighbours, as one kernel with one rounding (docs/numerics.md, Interpolation).</summary>
internal static class Resampling
{
    /// <summary>The axes that change, if one kernel can do them: the second is -1 where there is only one; null if it cannot.</summary>
    public static (int First, int Second)? Axes(ReadOnlySpan<ResizeAxis> axes)
    {
        var changed = new List<int>();
        for (int axis = 0; axis < axes.Length; axis++)
        {
            if (axes[axis].Input != axes[axis].Output || axes[axis].Scale != 1)
                changed.Add(axis);
        }

        return changed switch
        {
            [var only] => (only, -1),
            [var first, var second] when second == first + 1 => (first, second),
            _ => null,
        };
    }

    /// <summary>The kernel in single precision.</summary>
    public static ResampleKernel Float(ResizeSampling sampling, ResizeAxis[] axes)
    {
        (ResampleGeometry geometry, ResampleTable rows, ResampleTable columns) = Tables(sampling, axes);
        return new(geometry, rows.Starts, rows.Real, columns.Starts, columns.Real, FloatFinish.Identity);
    }

    /// <summary>The kernel in integers.</summary>
    /// <exception cref="OperatorException">The scales are out of reach.</exception>
    public static ResampleKernel Integer(LoweringContext context, ResizeSampling sampling, ResizeAxis[] axes)
    {
        (ResampleGeometry geometry, ResampleTable rows, ResampleTable columns) = Tables(sampling, axes);
        (Tensor rowWeights, Tensor columnWeights, int unit, double error) = Weights(rows, columns);
        Quantization x = context.Quantization(0);
        IntegerFinish finish = Scaling.Finish(context, x, Quantization.PerTensor(1.0 / unit, 0), 1, Activation.None);
        // Errors of an output's weights add up to 0, so that only differences of its elements are multiplied by them.
        (int lo, int hi) = context.Input(0).Element.Range();
        double shift = error / 2 * (hi - lo) * x.Scale / context.Output.Quantization!.Scale;
        return new(geometry, rows.Starts, rowWeights, columns.Starts, columnWeights, finish, x.Zero, shift);
    }

    /// <summary>Weights of both axes, the unit of their products, and the greatest sum of errors of these.</summary>
    public static (Tensor Rows, Tensor Columns, int Unit, double Error) Weights(ResampleTable rows, ResampleTable columns)
    {
        // Negative weights, as cubic interpolation has them, take up more than a unit; with slack for their rounding.
        int most = ResampleTable.MostUnit;
        while (rows.Reach * columns.Reach * most * most > 1.5 * ResampleTable.MostUnit * ResampleTable.MostUnit)
            most >>= 1;
        (Tensor rowWeights, int rowUnit, double rowError) = rows.Integers(most);
        (Tensor columnWeights, int columnUnit, double columnError) = columns.Integers(most);
        return (rowWeights, columnWeights, rowUnit * columnUnit, rowError * columns.Reach + columnError * (rows.Reach + rowError));
    }

    private static (ResampleGeometry Geometry, ResampleTable Rows, ResampleTable Columns) Tables(ResizeSampling sampling, ResizeAxis[] axes)
    {
        (int first, int second) = Axes(axes) ?? throw new InvalidOperationException("these axes take several kernels");
        int outer = Product(0, first), inner = Product((second < 0 ? first : second) + 1, axes.Length);
        ResampleTable rows = ResampleTable.Of(sampling, axes[first]), columns = second < 0 ? ResampleTable.Identity(1) : ResampleTable.Of(sampling, axes[second]);
        int height = axes[first].Input, outHeight = axes[first].Output, width = second < 0 ? 1 : axes[second].Input, outWidth = second < 0 ? 1 : axes[second].Output;
        return (new(outer, height, width, inner, outHeight, outWidth, rows.Taps, columns.Taps), rows, columns);

        int Product(int from, int end) => axes[from..end].Aggregate(1, (product, axis) => product * axis.Input);
    }
}
