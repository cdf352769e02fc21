using Edgec.Targets;

namespace Edgec.Plan.Hls;

/// <summary>
/// Every formula of the estimates, in one place. Cycles count the engines' loops at the intervals they are built for, plus
/// memory; resources are what such code comes to in the vendor's synthesis, not a report of it.
/// </summary>
public static class HlsCost
{
    private const int Lanes = EngineConfiguration.Lanes;

    /// <summary>Cycles to start a command and to fill and drain its pipeline: a read of memory takes some 64 cycles, and there are about three in a row.</summary>
    public const long CommandOverhead = 200;

    /// <summary>Cycles from row to row of a loop nest that is not flattened.</summary>
    public const long RowOverhead = 12;

    /// <summary>
    /// Cycles of one convolution command whose weights and parameters have come, see <see cref="LoadCost"/>: reading, summing, finishing and writing
    /// overlap.
    /// </summary>
    public static long Convolution(ConvolutionShape shape, in ConvolutionTile tile, int macInterval, int finishInterval)
    {
        ConvolutionWindow w = shape.Window;
        long pixels = (long)w.Batch * w.OutHeight * w.OutWidth;
        (long load, long lead) = LineSteps(w, tile);
        long row = Math.Max(tile.Entries * w.OutWidth, load) * macInterval + RowOverhead;
        long sums = (long)w.Batch * w.OutHeight * row + lead * macInterval;
        long read = shape.Deform is null ? (long)w.Batch * w.Rows * w.Width * tile.Words : DeformCost.Cycles(shape.Deform, tile);
        long finish = pixels * tile.OutWords * finishInterval;
        return CommandOverhead + Math.Max(Math.Max(sums, finish), Math.Max(read, pixels * tile.OutWords));
    }

    /// <summary>Steps of one convolution command, in which sums are formed or the line buffer is filled.</summary>
    public static long ConvolutionSteps(ConvolutionShape shape, in ConvolutionTile tile)
    {
        ConvolutionWindow w = shape.Window;
        (long load, long lead) = LineSteps(w, tile);
        return (long)w.Batch * w.OutHeight * Math.Max(tile.Entries * w.OutWidth, load) + lead;
    }

    // Steps in which a row of outputs fills the line buffer, and those before the first.
    private static (long Row, long Lead) LineSteps(ConvolutionWindow w, in ConvolutionTile tile) => w.Direct
        ? (0, 0)
        : (Math.Min(w.StrideY, Math.Max(w.Height, 1)) * (long)w.RowEntries * tile.Words, (long)w.Batch * Math.Min(w.RingRows, w.Rows) * w.RowEntries * tile.Words);

    /// <summary>Memory words of a convolution command.</summary>
    public static long ConvolutionTraffic(ConvolutionShape shape, in ConvolutionTile tile, MultiplierArray array)
    {
        ConvolutionWindow w = shape.Window;
        long read = shape.Deform is null ? (long)w.Batch * w.Rows * w.Width * tile.Words : DeformCost.Traffic(shape.Deform, tile);
        return read + ((long)w.Batch * w.OutHeight * w.OutWidth * tile.OutWords)
            + ParameterWords(shape, tile) + StoredWeightWords(shape, tile, array);
    }

    /// <summary>Parameters of a tile, a word each.</summary>
    public static long ParameterWords(ConvolutionShape shape, in ConvolutionTile tile) =>
        shape.ParameterRow == ParameterRow.ByOutput ? (long)tile.OutWords * Lanes : shape.Finishes.Length;

    /// <summary>Words of weights of a tile as the engine holds them.</summary>
    public static long WeightWords(ConvolutionShape shape, in ConvolutionTile tile, MultiplierArray array) => shape.Mode switch
    {
        ConvolutionMode.Dense => tile.Entries * array.Columns,
        ConvolutionMode.Depthwise => tile.Entries * (shape.Deform?.Ports ?? 1),
        _ => 0,
    };

    /// <summary>Words of weights of a tile in memory, where weights of 4 bits lie two to a byte; pairs stay so in the engine.</summary>
    public static long StoredWeightWords(ConvolutionShape shape, in ConvolutionTile tile, MultiplierArray array)
    {
        long words = WeightWords(shape, tile, array);
        return shape.HasPackedWeights && !array.IsPaired(shape) ? (words + 1) / 2 : words;
    }

    /// <summary>Cycles of an element-wise command: a word of each operand and of the result a step.</summary>
    public static long Map(MapCommand c, int interval) => c.Operation == MapOperation.Mix
        ? CommandOverhead + c.Words / c.TermWords * ((1L + interval) * c.HeldWords + 2 * RowOverhead) // rows come in, then are summed
        : CommandOverhead + (c.Operation == MapOperation.Table ? 256 : 0)
        + Math.Max((long)c.Words * interval, Math.Max(ShortRuns(c.Left), ShortRuns(c.Right)));

    /// <summary>Cycles of a reduction or softmax: one pass or three, and a division for each row.</summary>
    public static long Rows(RowCommand c, int interval)
    {
        RowLayout r = c.Layout;
        long rows = (long)r.Outer * r.Inner;
        const long Division = 80;
        return c.Operation == RowOperation.Softmax
            ? CommandOverhead + 256 + rows * ((2L + interval) * r.Length + Division + 4 * RowOverhead)
            : CommandOverhead + rows * (r.Length + Lanes + 2 * RowOverhead);
    }

    /// <summary>Cycles of a mover command: a step a word or element read, a cycle a word written.</summary>
    public static long Move(MoveCommand c) => CommandOverhead + c.ReadSteps + c.Words + (c.Records * 4L) + c.Segments * 2 * RowOverhead;

    /// <summary>Cycles that memory needs at the target's sustained rate.</summary>
    public static long Memory(long words, FpgaTarget target) =>
        (long)Math.Ceiling(words * Lanes / target.Memory.BytesPerCycle(target.ClockMHz));

    /// <summary>What the engines take of the device.</summary>
    public static ResourceEstimate Resources(EngineConfiguration c, FpgaTarget target)
    {
        // Multipliers: 8 x 8 bits each take one DSP, and so do two of 4 x 8 bits; a requantization as many as its product has 26 x 17 bit pieces.
        DeformSizes d = c.Deform;
        int columns = c.Array.Columns;
        int array = Lanes * columns / c.MacInterval + Lanes * d.Ports / c.MacInterval;
        int wide = target.DspKind == DspKind.Dsp48E2 ? 26 : 24;
        int pieces = Pieces(c.AccumulatorBits, wide) * Pieces(c.MultiplierBits, 17);
        int finish = Lanes / c.FinishInterval * pieces + StreamCost.Dsp(c.Stage, pieces);
        int map = c.Uses.Maps ? Lanes / c.MapInterval * ((c.Uses.Add ? 2 : 0) + (c.Uses.Multiply ? 3 : 0) + (c.Uses.Prelu ? 3 : 0) + (c.MixWords > 0 ? 4 : 0)) : 0;
        int row = (c.Uses.Softmax ? Lanes / c.RowInterval * 3 : 0) + (c.Uses.Rows ? 4 : 0);
        const int Addresses = 12;
        int dsp = (c.Uses.Convolutions ? array + finish : 0) + map + row + Addresses + DeformCost.Dsp(d) + ResampleCost.Dsp(c.Resample, c.FinishInterval) + NormCost.Dsp(c.Norm, c.RowInterval)
            + SelectionCost.Dsp(c.Selection) + (c.Elements ? ElementCost.Dsp : 0) + AttentionCost.Dsp(c.Attention, c.FinishInterval, wide);

        // A block RAM is 72 bits by 512, an UltraRAM 72 by 4096; a word of 128 bits takes two of either.
        bool lineInUram = c.LineWords > 4096 && 2 * Blocks(c.LineWords, 4096) <= target.Uram;
        int bram = c.Uses.Convolutions ? 2 * columns * Blocks(c.WeightDepth, 512) + Pieces(Lanes * d.SampleBits, 72) * Blocks(c.PixelWords, 512) + DeformCost.Bram36(d) : 0;
        if (c.Uses.Convolutions && !lineInUram)
            bram += 2 * Blocks(c.LineWords, 512);
        bram += StreamCost.Bram36(c.Stage, d.Ports);
        bram += c.Uses.Rows ? 2 * Blocks(c.RowWords, 512) : 0;
        bram += 2 * Blocks(c.MixWords, 512);
        bram += c.Uses.Moves ? Lanes / 2 * Blocks(c.MoveWords, 2048) : 0;
        bram += ResampleCost.Bram36(c.Resample) + NormCost.Bram36(c.Norm) + SelectionCost.Bram36(c.Selection) + AttentionCost.Bram36(c.Attention) + ExpertCost.Bram36(c.Experts);
        bram += 3 * 4; // three memory ports with their bursts
        int uram = c.Uses.Convolutions && lineInUram ? 2 * Blocks(c.LineWords, 4096) : 0;

        // Look-up tables: the adder tree of an output, 16 products wide, of pairs about twice as wide but shared by two, and 5 for each
        // operand to subtract the lower weight's sign, 12 more where it may be a single weight; shifts and clamps of a requantization; ports,
        // control and address counters. Flip-flops follow them.
        int parameters = (6 + c.MultiplierBits + 64) * Lanes * Blocks(c.ParameterRows, 64);
        int operands = c.Pairs ? Lanes * columns / c.MacInterval * (c.Singles ? 17 : 5) : 0;
        int lut = c.Uses.Convolutions ? 300 * c.Group + operands + 350 * Lanes / c.FinishInterval + parameters + 6000 : 0;
        lut += LoadCost.Lut(c);
        lut += c.Uses.Maps ? (Lanes * 350 / c.MapInterval) + 1500 : 0;
        lut += c.Uses.Rows ? 4000 + (c.Uses.Softmax ? (Lanes * 350 / c.RowInterval) + 4000 : 0) : 0;
        lut += c.Uses.Moves ? 5000 : 0;
        lut += ResampleCost.Lut(c.Resample, c.FinishInterval) + NormCost.Lut(c.Norm, c.RowInterval) + SelectionCost.Lut(c.Selection) + (c.Elements ? ElementCost.Lut : 0) + AttentionCost.Lut(c.Attention, c.FinishInterval);
        lut += StreamCost.Lut(c.Stage, 6 + c.MultiplierBits + 64);
        lut += 3 * 1500 + DeformCost.Lut(d) + ExpertCost.Lut(c.Experts);
        return new(dsp + ExpertCost.Dsp(c.Experts), bram, uram, lut, (int)(1.3 * lut) + AttentionCost.Ff(c.Attention));
    }

    /// <summary>A nest of short runs waits a little for each.</summary>
    internal static long ShortRuns(WordNest nest) =>
        nest.Words + (long)nest.Count0 * nest.Count1 * nest.Count2 * RowOverhead;

    /// <summary>Rows of parameters that take as many look-up tables: 64 in a table each.</summary>
    internal static int UpToBank(int rows) => Blocks(rows, 64) * 64;

    private static int Pieces(int bits, int most) => (bits + most - 1) / most;

    internal static int Blocks(long words, int depth) => (int)((words + depth - 1) / depth);
}
