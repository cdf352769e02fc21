namespace Edgec.Plan.Hls;

/// <summary>The formulas of the estimates for interpolation.</summary>
public static class ResampleCost
{
    private const int Lanes = EngineConfiguration.Lanes;

    /// <summary>Cycles of a command: the columns come first; for each row its records and lines, then a step a tap, while results are finished.</summary>
    public static long Cycles(ResampleCommand c, int finishInterval)
    {
        ResampleLayout l = c.Layout;
        long sums = (long)l.OutWidth * c.Words * l.RowTaps * l.ColumnTaps, finish = (long)l.OutPixels * c.Words * finishInterval;
        long loads = (long)c.Loads * (c.LineWords + HlsCost.RowOverhead);
        return HlsCost.CommandOverhead + c.ColumnRecords + l.Outer * (loads + l.OutHeight * (l.RowTaps + Math.Max(sums, finish) + 2 * HlsCost.RowOverhead));
    }

    /// <summary>Memory words of a command.</summary>
    public static long Traffic(ResampleCommand c)
    {
        ResampleLayout l = c.Layout;
        return c.ColumnRecords + l.Outer * ((long)c.Loads * c.LineWords + (long)l.OutHeight * l.RowTaps) + c.Target.Words;
    }

    /// <summary>A product of 25 x 9 bits a lane and one of the two weights; requantizations as the map engine has them.</summary>
    public static int Dsp(ResampleSizes sizes, int finishInterval) => sizes.Any ? Lanes + 1 + Lanes / finishInterval * 3 : 0;

    /// <summary>A word of the line buffer takes two block RAMs; places are 36 bits by 1024, weights 18 by 2048.</summary>
    public static int Bram36(ResampleSizes sizes) =>
        sizes.Any ? 2 * HlsCost.Blocks(sizes.LineWords, 512) + HlsCost.Blocks(sizes.Columns, 1024) + HlsCost.Blocks(sizes.Columns, 2048) : 0;

    public static int Lut(ResampleSizes sizes, int finishInterval) => sizes.Any ? 4000 + Lanes * 350 / finishInterval : 0;
}
