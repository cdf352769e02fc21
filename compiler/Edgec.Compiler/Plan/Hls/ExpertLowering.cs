using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>
/// A product with the weights of experts as layers of the convolution engine, one for each expert: it takes its rows from the expert's queue, and the weights
/// of each lie in memory one after the other, as they are read.
/// </summary>
internal static class ExpertLowering
{
    /// <summary>What sorts the rows, before the products run.</summary>
    /// <param name="indices">Their address.</param>
    /// <param name="words">Words they take.</param>
    public static QueueCommand Queue(PlanStep step, ExpertMatmulKernel kernel, int indices, long words)
    {
        ExpertGeometry g = kernel.Geometry;
        return new(indices, checked((int)(words / g.Rows)), kernel.Index.SizeOf(), g.Rows, g.Choices, g.Experts, g.RowPerChoice) { Layer = step.Index };
    }

    /// <summary>The products of all experts. How many rows each has is known at run time only; for estimates they are spread evenly.</summary>
    /// <exception cref="Diagnostics.DiagnosticException">The kernel has no form on the engines.</exception>
    public static IEnumerable<ConvolutionShape> Products(PlanStep step, ExpertMatmulKernel kernel, string model)
    {
        HlsFault.RefuseGroups(model, step, kernel.Groups);
        if (kernel.Finish is not IntegerFinish finish)
            throw HlsFault.NoIntegerForm(model, step);
        ExpertGeometry g = kernel.Geometry;
        Tensor stored = kernel.Weights.Reshape([g.Experts * g.Columns, 1, 1, g.Inner]);
        (Tensor weights, ChannelFinish[] finishes) =
            ChannelFinish.Ascending(stored, ChannelFinish.OfOutputs(stored, kernel.Bias, finish, kernel.LeftZero)) ?? throw HlsFault.Falls(model, step);
        var window = ConvolutionWindow.Flat(ExpertCost.RowsOf(g.ResultRows, g.Experts), kernel.LeftZero);
        for (int expert = 0; expert < g.Experts; expert++)
        {
            Tensor own = Part(weights, expert, g);
            yield return new(
                step.Index, step.Origin, ConvolutionMode.Dense, window, g.Inner, g.Columns, 1, 1, 1, own,
                finishes[(expert * g.Columns)..((expert + 1) * g.Columns)], ParameterRow.ByOutput, finish.Lo, finish.Hi, ChannelFinish.SumBound(own), 1)
            { Zero = finish.Zero, Expert = expert };
        }
    }

    private static Tensor Part(Tensor weights, int expert, ExpertGeometry g)
    {
        int count = g.Columns * g.Inner;
        ReadOnlySpan<sbyte> own = weights.Unpacked.Span<sbyte>().Slice(expert * count, count);
        Shape shape = [g.Columns, 1, 1, g.Inner];
        return weights.Element == ElementType.I4 ? Tensor.PackI4(shape, own) : Tensor.Of(shape, own);
    }
}
