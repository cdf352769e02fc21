using Edgec.Runtime.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>The formulas of the estimates for attention.</summary>
public static class AttentionCost
{
    private const int Lanes = EngineConfiguration.Lanes;

    /// <summary>Cycles and memory words of a layer: all its commands.</summary>
    public static LayerCost Of(AttentionShape shape, AttentionSizes sizes, int finishInterval)
    {
        LayerCost sum = default;
        for (int first = 0; first < shape.ValueWords; first += shape.SliceWords)
        {
            int words = Math.Min(shape.SliceWords, shape.ValueWords - first);
            sum += new LayerCost(Cycles(shape, sizes, words, finishInterval), Traffic(shape, sizes, words));
        }

        return sum;
    }

    /// <summary>
    /// Cycles of a command: the table; then a step takes the words of a key or of a value, whichever are more, all processes at the same time, and a query a division;
    /// the last query's values follow a turn behind its keys.
    /// </summary>
    public static long Cycles(AttentionShape shape, AttentionSizes sizes, int valueWords, int finishInterval)
    {
        AttentionGeometry g = shape.Geometry;
        AttentionSchedule s = shape.Schedule(sizes.Slots);
        long keys = s.Steps * shape.Words + (g.KeysByRow ? 0 : Lanes * (long)shape.Words);
        long reads = KeyReads(shape, s) + (long)g.Rows * shape.Words + shape.BiasReads(s) + s.Passes * 2 * HlsCost.RowOverhead;
        long values = s.Steps * valueWords + s.Passes * HlsCost.RowOverhead, finish = (long)g.Rows * valueWords * finishInterval;
        const long Table = 256, Division = 80;
        long head = Math.Max(Math.Max(Math.Max(keys, reads), Math.Max(values, finish)), Math.Max(s.Steps * sizes.ScoreInterval, g.Rows * Division));
        return HlsCost.CommandOverhead + Table + Division + g.Batch * head + (long)g.Columns * valueWords;
    }

    /// <summary>Memory words of a command: keys and values once for each pass, or where they stay on chip once for each head.</summary>
    public static long Traffic(AttentionShape shape, AttentionSizes sizes, int valueWords)
    {
        AttentionGeometry g = shape.Geometry;
        AttentionSchedule s = shape.Schedule(sizes.Slots);
        long queries = (long)g.Batch * g.Rows * shape.Words, results = (long)g.Batch * g.Rows * valueWords;
        long context = sizes.Holds(shape)
            ? shape.Contexts * (shape.KeyWords + (long)g.Columns * valueWords)
            : g.Batch * (KeyReads(shape, s) + s.Steps * valueWords);
        return 256 / 8 + queries + g.Batch * shape.BiasReads(s) + context + results;
    }

    /// <summary>Products of 9 x 9 bits for scores and of 16 x 8 for values, a DSP each in every lane of every slot; then the requantizations.</summary>
    public static int Dsp(AttentionSizes sizes, int finishInterval, int wide)
    {
        if (!sizes.Any)
            return 0;
        int scores = HlsCost.Blocks(sizes.Slots, sizes.ScoreInterval) * (HlsCost.Blocks(32, wide) * HlsCost.Blocks(sizes.MultiplierBits, 17) + (sizes.BiasWords > 0 ? HlsCost.Blocks(32, wide) : 0));
        // The zero point, then the sum by 16 bits of the reciprocal, and 62 bits by 15.
        int results = Lanes / finishInterval * (HlsCost.Blocks(32, wide) + HlsCost.Blocks(sizes.WeightedBits, wide) + HlsCost.Blocks(62, wide));
        return 2 * Lanes * sizes.Slots + scores + results;
    }

    /// <summary>A word of a buffer takes two block RAMs; the scores of a step are a byte a slot.</summary>
    public static int Bram36(AttentionSizes sizes) => sizes.Any
        ? 2 * HlsCost.Blocks(sizes.HeldKeyWords, 512) + 2 * HlsCost.Blocks(sizes.HeldValueWords, 512) + HlsCost.Blocks(8 * sizes.Slots, 72) * HlsCost.Blocks(sizes.Columns, 512)
        : 0;

    /// <summary>
    /// A slot has two trees of adders, its accumulators with a selector each, and half a table of exponentials; queries and what is added to scores lie in look-up tables,
    /// 64 bits each. A block of keys by columns is 512 memories and a selector of 16 for every bit of a word.
    /// </summary>
    public static int Lut(AttentionSizes sizes, int finishInterval)
    {
        if (!sizes.Any)
            return 0;
        int slot = 300 + Lanes * sizes.WeightedBits * (1 + HlsCost.Blocks(sizes.ValueWords, 4)) + 60 + 2 * 8 * Lanes * (HlsCost.Blocks(sizes.QueryWords, 64) + HlsCost.Blocks(2 * sizes.BiasWords, 64));
        int columns = sizes.ColumnInner == 0 ? 0 : Lanes * Lanes * 8 * HlsCost.Blocks(2 * sizes.ColumnInner, Lanes * 64) + Lanes * 8 * 5;
        return 3500 + sizes.Slots * slot + columns + HlsCost.Blocks(sizes.Slots, sizes.ScoreInterval) * 350 + Lanes * 450 / finishInterval;
    }

    /// <summary>Flip-flops of the weighted sums, which are registers.</summary>
    public static int Ff(AttentionSizes sizes) => sizes.Slots * sizes.ValueWords * Lanes * sizes.WeightedBits;

    /// <summary>Words of keys that one head's passes take: by columns whole blocks of 16 keys.</summary>
    private static long KeyReads(AttentionShape shape, in AttentionSchedule s) => shape.Geometry.KeysByRow
        ? s.Steps * shape.Words
        : (long)shape.Geometry.Inner * ((s.Passes - 1L) * shape.ColumnWords + HlsCost.Blocks(s.Tail, Lanes));
}
