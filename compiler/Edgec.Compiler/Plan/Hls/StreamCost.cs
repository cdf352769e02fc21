namespace Edgec.Plan.Hls;

/// <summary>The formulas of the estimates for two layers that run as one, the results of the first a stream to the second.</summary>
public static class StreamCost
{
    private const int Lanes = EngineConfiguration.Lanes;

    /// <summary>
    /// Cycles of a tile whose weights and parameters have come. A row between the layers takes R = the source's own cycles, over the rows it
    /// makes. The reader waits for the rows under its first window; then a row of its outputs takes what is more, its own steps or the R cycles
    /// of each row that comes in meanwhile, until all are there.
    /// </summary>
    public static long Cycles(ConvolutionShape source, ConvolutionShape reader, in StreamTile tile, EngineConfiguration c)
    {
        ConvolutionWindow w = reader.Window;
        long rows = (long)w.Batch * w.Height;
        long making = (HlsCost.Convolution(source, tile.Source, c.MacInterval, c.FinishInterval) - HlsCost.CommandOverhead + rows - 1) / rows;
        long row = Math.Max(making, (long)w.RowEntries * tile.Reader.Words * c.MacInterval);
        long own = Math.Max(tile.Reader.Entries * c.MacInterval, (long)tile.Reader.OutWords * c.Stage!.FinishInterval) * w.OutWidth;
        long first = Math.Clamp((w.KernelHeight - 1) * w.DilationY + 1 - w.PadTop, 0, w.Height);
        long loading = Math.Min(w.OutHeight, (w.Height - first + w.StrideY - 1) / w.StrideY);
        long image = first * row + loading * Math.Max(own, w.StrideY * row) + (w.OutHeight - loading) * own + w.OutHeight * HlsCost.RowOverhead;
        return HlsCost.CommandOverhead + w.Batch * image;
    }

    /// <summary>Memory words of a tile: the image between the layers is neither written nor read.</summary>
    public static long Words(ConvolutionShape source, ConvolutionShape reader, in StreamTile tile, EngineConfiguration c)
    {
        ConvolutionWindow first = source.Window, second = reader.Window;
        long between = (long)first.Batch * first.OutHeight * first.OutWidth * tile.Source.OutWords
            + (long)second.Batch * second.Rows * second.Width * tile.Reader.Words;
        return HlsCost.ConvolutionTraffic(source, tile.Source, c.Array) + HlsCost.ConvolutionTraffic(reader, tile.Reader, c.Array) - between;
    }

    /// <summary>
    /// Multipliers of the second stage: a requantizer, and 6 for its addresses. Those of its lanes are there without it, between the
    /// array's columns.
    /// </summary>
    public static int Dsp(LaneStage? stage, int piecesOfProduct) => stage is null ? 0 : Lanes / stage.FinishInterval * piecesOfProduct + 6;

    /// <summary>Block RAM: weights of a port, and the line buffer, two blocks each for 512 words.</summary>
    public static int Bram36(LaneStage? stage, int ports) => stage is null ? 0 : 2 * (ports * HlsCost.Blocks(stage.Depth, 512) + HlsCost.Blocks(stage.LineWords, 512));

    /// <summary>
    /// Look-up tables: requantizer and parameters as in the first stage, control and address counters, five queues of 64 words of 128 bits and
    /// what joins them.
    /// </summary>
    public static int Lut(LaneStage? stage, int parameterBits) =>
        stage is null ? 0 : 350 * Lanes / stage.FinishInterval + parameterBits * Lanes * ((stage.ParameterRows + 63) / 64) + 3000 + 5 * 400;
}
