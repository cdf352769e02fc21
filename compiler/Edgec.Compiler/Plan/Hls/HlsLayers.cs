using Edgec.Targets;

namespace Edgec.Plan.Hls;

/// <summary>Estimated cycles of commands: an engine's, or memory's where that is slower.</summary>
public static class HlsLayers
{
    public static (long Cycles, bool MemoryBound) Cycles(ConvolutionShape shape, in ConvolutionTile tile, EngineConfiguration c, FpgaTarget target) =>
        Slower(
            HlsCost.Convolution(shape, tile, c.Group, c.MacInterval, c.FinishInterval),
            HlsCost.Memory(HlsCost.ConvolutionTraffic(shape, tile, c.Group), target));

    /// <param name="command">Any but a convolution.</param>
    public static (long Cycles, bool MemoryBound) Cycles(HlsCommand command, EngineConfiguration c, FpgaTarget target) => command switch
    {
        MapCommand map => Slower(HlsCost.Map(map, c.MapInterval), HlsCost.Memory(map.Left.Words + map.Right.Words + map.Words, target)),
        RowCommand row => Slower(HlsCost.Rows(row, c.RowInterval), HlsCost.Memory(RowWords(row), target)),
        MoveCommand move => Slower(HlsCost.Move(move), HlsCost.Memory(2 * move.Words + move.Records * 4L, target)),
        _ => throw new ArgumentException($"cycles of a {command.Engine} command depend on its shape", nameof(command)),
    };

    private static long RowWords(RowCommand row)
    {
        long words = (long)row.Layout.Outer * row.Layout.Inner * row.Layout.Length;
        return row.Operation == RowOperation.Softmax ? 2 * words : words;
    }

    private static (long Cycles, bool MemoryBound) Slower(long engine, long memory) => (Math.Max(engine, memory), memory > engine);
}
