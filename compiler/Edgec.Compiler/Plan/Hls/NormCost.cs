namespace Edgec.Plan.Hls;

/// <summary>The formulas of the estimates for normalisation by deviation.</summary>
public static class NormCost
{
    private const int Lanes = EngineConfiguration.Lanes;

    /// <summary>Cycles from a row's sums to its factors: products of 64 bits, a root of 16 digits.</summary>
    public const long Factors = 60;

    /// <summary>
    /// Cycles of a command: parameters come first; then sums, factors and results of different blocks are found at once, so the
    /// slowest counts, and the first block's sums and factors before its results.
    /// </summary>
    public static long Cycles(NormCommand c, int interval)
    {
        NormLayout l = c.Layout;
        long factors = l.InLanes ? l.Blocks * (2L * l.Words + l.Groups * (2L * l.GroupChannels + Factors)) : l.Blocks + Factors;
        long words = Math.Max(l.TotalWords * interval, Math.Max(HlsCost.ShortRuns(c.Source), HlsCost.ShortRuns(c.Target)));
        return HlsCost.CommandOverhead + (long)l.ChannelWords * NormLowering.ParameterWords + l.BlockWords + Factors + Math.Max(words, factors);
    }

    /// <summary>Memory words of a command.</summary>
    public static long Traffic(NormCommand c) =>
        (c.Held ? 2 : 3) * c.Layout.TotalWords + (long)c.Layout.ChannelWords * NormLowering.ParameterWords;

    /// <summary>A square for each lane as words arrive, and products of 64 bits once a row; then 9 x 24, 31 x 16 and 47 x 16 bits a lane.</summary>
    public static int Dsp(NormSizes sizes, int interval) => sizes.Any ? Lanes + 12 + Lanes / interval * 5 : 0;

    /// <summary>Waiting words take two block RAMs by 512, gains four, biases eight; of rows in lanes sums take sixteen, factors twelve.</summary>
    public static int Bram36(NormSizes sizes) =>
        sizes.Any ? 2 * HlsCost.Blocks(sizes.Queue, 512) + 12 * HlsCost.Blocks(sizes.Channels, 512) + 28 * HlsCost.Blocks(sizes.GroupWords, 512) : 0;

    /// <summary>
    /// A pipelined root of 16 digits takes some 2,900, the sums of 16 lanes 1,200, ports and counters the rest; the root once more where rows lie in
    /// lanes. Each lane has three shifts of 64 bits.
    /// </summary>
    public static int Lut(NormSizes sizes, int interval) => sizes.Any ? 6000 + (sizes.GroupWords > 0 ? 4000 : 0) + Lanes * 700 / interval : 0;
}
