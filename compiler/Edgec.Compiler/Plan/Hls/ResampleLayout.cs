using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>How interpolated axes lie in words.</summary>
/// <param name="Along">The columns lie along the lanes; else a pixel has words of its own.</param>
/// <param name="Outer">Images.</param>
/// <param name="Pixels">Pixels of an input row, or along its words.</param>
/// <param name="OutPixels">The same of an output row.</param>
/// <param name="Words">Words of a pixel; 1 along.</param>
/// <param name="RowStarts">i32[OutHeight].</param>
/// <param name="RowWeights">i16[OutHeight, RowTaps].</param>
/// <param name="ColumnStarts">i32[OutWidth].</param>
/// <param name="ColumnWeights">i16[OutWidth, ColumnTaps].</param>
public sealed record ResampleLayout(
    bool Along, int Outer, int Height, int Pixels, int OutPixels, int Words, Tensor RowStarts, Tensor RowWeights, Tensor ColumnStarts, Tensor ColumnWeights)
{
    private const int Lanes = EngineConfiguration.Lanes;

    public int OutHeight => RowStarts.Shape[0];

    public int OutWidth => ColumnStarts.Shape[0];

    public int RowTaps => RowWeights.Shape[1];

    public int ColumnTaps => ColumnWeights.Shape[1];

    /// <summary>The layout over tensors stored with padded rows; null if the axes cut across storage rows.</summary>
    public static ResampleLayout? Of(ResampleKernel k, Shape source, Shape result)
    {
        ResampleGeometry g = k.Geometry;
        int last = Storage.Extent(source), outLast = Storage.Extent(result);
        if (source.ElementCount != (long)g.Outer * g.Height * g.Width * g.Inner || result.ElementCount != g.Count)
            return null;
        if (last == outLast && g.Inner % last == 0)
        {
            int words = g.Inner / last * WordsOf(last);
            return new(false, g.Outer, g.Height, g.Width, g.OutWidth, words, k.RowStarts, k.RowWeights, k.ColumnStarts, k.ColumnWeights);
        }

        if (g.Inner != 1)
            return null;
        if (last == g.Width && outLast == g.OutWidth)
            return new(true, g.Outer, g.Height, WordsOf(last), WordsOf(outLast), 1, k.RowStarts, k.RowWeights, k.ColumnStarts, k.ColumnWeights);

        // A single axis is the rows of the kernel.
        return (last, outLast, g.Width, g.OutWidth) == (g.Height, g.OutHeight, 1, 1)
            ? new(true, g.Outer, 1, WordsOf(last), WordsOf(outLast), 1, k.ColumnStarts, k.ColumnWeights, k.RowStarts, k.RowWeights)
            : null;
    }

    private static int WordsOf(int extent) => (extent + Lanes - 1) / Lanes;
}
