using Edgec.Targets;

namespace Edgec.Plan.Hls;

/// <summary>What a layer costs on engines of given sizes.</summary>
/// <param name="Cycles">Cycles of the engine, if memory were free.</param>
/// <param name="Words">Memory words read and written.</param>
public readonly record struct LayerCost(long Cycles, long Words)
{
    /// <summary>Cycles at a target's memory: the slower of engine and memory, for they work at the same time.</summary>
    public long Slower(FpgaTarget target) => Math.Max(Cycles, HlsCost.Memory(Words, target));

    /// <summary>Cycles in which weights and parameters of the convolution engine come in.</summary>
    public long Loading { get; init; }

    /// <summary>Of these, the ones in which a command before is computed; they are no part of <see cref="Cycles"/>.</summary>
    public long Hidden { get; init; }

    public static LayerCost operator +(LayerCost a, LayerCost b) =>
        new(a.Cycles + b.Cycles, a.Words + b.Words) { Loading = a.Loading + b.Loading, Hidden = a.Hidden + b.Hidden };

    /// <param name="command">Any but a convolution, whose cost depends on its shape.</param>
    public static LayerCost Of(HlsCommand command, EngineConfiguration c) => command switch
    {
        MapCommand map => new(HlsCost.Map(map, c.MapInterval), map.Left.Words + map.Right.Words + map.Words),
        RowCommand row => new(HlsCost.Rows(row, c.RowInterval), RowWords(row)),
        MoveCommand move => new(HlsCost.Move(move), 2 * move.Words + move.Records * 4L),
        ResampleCommand resample => new(ResampleCost.Cycles(resample, c.FinishInterval), ResampleCost.Traffic(resample)),
        NormCommand norm => new(NormCost.Cycles(norm, c.RowInterval), NormCost.Traffic(norm)),
        QueueCommand queue => new(ExpertCost.Cycles(queue), ExpertCost.Traffic(queue)),
        SelectCommand select => SelectionCost.Of(select),
        GatherCommand gather => SelectionCost.Of(gather),
        ScatterCommand scatter => SelectionCost.Of(scatter),
        ElementCommand element => ElementCost.Of(element),
        _ => throw new ArgumentException($"a {command.Engine} command alone has no cost", nameof(command)),
    };

    private static long RowWords(RowCommand row)
    {
        long words = (long)row.Layout.Outer * row.Layout.Inner * row.Layout.Length;
        return row.Operation == RowOperation.Softmax ? 2 * words : words;
    }
}
