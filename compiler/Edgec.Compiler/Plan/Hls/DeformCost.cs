using Edgec.Runtime.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>The formulas of the estimates for the sampler of deformable convolutions, for a pixel of P places, each read in R phases.</summary>
public static class DeformCost
{
    private const int Lanes = EngineConfiguration.Lanes;

    /// <summary>
    /// Cycles of a read of a single word of memory: its 64 cycles of latency, with the 16 reads under way that a port has.
    /// </summary>
    public const int GatherInterval = 4;

    /// <summary>
    /// Cycles until all samples of a tile are taken. A buffered row of outputs takes OutWidth · P · R steps or as many as the rows have
    /// words that come in meanwhile, whichever is more; before it the first rows come in. P counts taps, or with three ports kernel
    /// columns: a third. R is 1 for whole pixels and 2 between them. Gathering reads R = 1 or 4 words a place, a word every
    /// <see cref="GatherInterval"/> cycles. Finding places takes as long as the numbers of a pixel need to come in, if that is more.
    /// </summary>
    public static long Cycles(DeformShape d, in ConvolutionTile tile)
    {
        WindowGeometry g = d.Kernel.Geometry;
        long rows = (long)g.Batch * g.OutHeight, pixels = rows * g.OutWidth;
        long sampling = (long)g.OutWidth * d.Places(tile) * d.Phases, finding = pixels * d.PixelSteps(tile);
        if (d.Access == SampleAccess.Gather)
            return Math.Max(Reads(d, tile) * GatherInterval, finding);
        long rowWords = (long)g.Width * tile.Words;
        long first = Math.Clamp(d.FirstLoad, 0, g.Height), later = (d.Rows - first + Math.Max(1, g.OutHeight - 1) - 1) / Math.Max(1, g.OutHeight - 1);
        long buffered = (long)g.Batch * first * rowWords + rows * (Math.Max(sampling, later * rowWords) + HlsCost.RowOverhead);
        return Math.Max(buffered, finding);
    }

    /// <summary>
    /// Words read for a tile: its part of each row that is reached, once, or where samples are gathered every neighbour of every one; and
    /// offsets and masks.
    /// </summary>
    public static long Traffic(DeformShape d, in ConvolutionTile tile)
    {
        WindowGeometry g = d.Kernel.Geometry;
        long fields = (long)g.Batch * g.OutHeight * g.OutWidth * (d.OffsetWords + d.MaskWords);
        return fields + (d.Access == SampleAccess.Gather ? Reads(d, tile) : (long)g.Batch * d.Rows * g.Width * tile.Words);
    }

    /// <summary>
    /// Multipliers: for each port and lane three blend a column (two rows, then the column's own tap), if any sample lies between
    /// pixels, and one applies a mask; the array's lanes of later ports are counted with the array. Places take 6 for their positions.
    /// </summary>
    public static int Dsp(DeformSizes d) => d.Any ? d.Ports * Lanes * ((d.Fractions ? 3 : 0) + (d.Masks ? 1 : 0)) + 6 : 0;

    /// <summary>Block RAM: a bank is 128 bits wide, two blocks for each 512 words.</summary>
    public static int Bram36(DeformSizes d) => d.Any ? d.Banks * 2 * ((d.BankWords + 511) / 512) : 0;

    /// <summary>
    /// Look-up tables: control and places; for each port two multiplexers of 128 bits over the banks, a table for two banks and bit, or
    /// one without fractions; differences to the zero point and rounding, some 40 a lane.
    /// </summary>
    public static int Lut(DeformSizes d) =>
        d.Any ? 3000 + d.Ports * (d.Fractions ? 2 : 1) * 64 * d.Banks + d.Ports * Lanes * 40 + 16 * d.Places : 0;

    private static long Reads(DeformShape d, in ConvolutionTile tile)
    {
        WindowGeometry g = d.Kernel.Geometry;
        return (long)g.Batch * g.OutHeight * g.OutWidth * d.Places(tile) * d.Phases;
    }
}
