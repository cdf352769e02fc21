using Edgec.Targets;

namespace Edgec.Plan.Hls;

/// <summary>A step of the plan on the engines.</summary>
/// <param name="FirstCommand">Index of its first command.</param>
/// <param name="Commands">How many it has.</param>
/// <param name="Cost">Estimated.</param>
/// <param name="MemoryCycles">Estimated cycles if the engines were infinitely fast.</param>
public sealed record HlsLayer(PlanStep Step, int FirstCommand, int Commands, LayerCost Cost, long MemoryCycles)
{
    /// <summary>Where a deformable convolution finds its samples.</summary>
    public SampleAccess Samples { get; init; }

    /// <summary>Bytes of its rows in the line buffer.</summary>
    public long SampleBytes { get; init; }

    /// <summary>What attention loads; null for another kernel.</summary>
    public AttentionTraffic? Attention { get; init; }

    /// <summary>The stream it is part of: its results go to the reader as they come, or the source's come to it; null for none.</summary>
    public LayerStream? Stream { get; init; }

    /// <summary>It runs within the layer that reads its results.</summary>
    public bool RunsInReader => Stream?.Source == Step.Index;

    /// <summary>Where samples come from, or keys, and where results go, in words; null for a kernel that reads and writes memory.</summary>
    public string? Note => Samples switch
    {
        _ when RunsInReader => $"streams to {Stream!.Value.Reader}",
        _ when Stream is { } stream => $"streams from {stream.Source}",
        SampleAccess.None => Attention?.Note,
        SampleAccess.Gather => "samples=gather",
        _ => $"samples={Samples.ToString().ToLowerInvariant()} rows={SampleBytes}",
    };

    /// <summary>Cycles in which its weights and parameters come in, and those of them in which a command before is computed; null if it has none.</summary>
    public string? Loads => LoadCost.Words(Cost.Loading, Cost.Hidden);

    /// <summary>The kernel in words, where its samples or keys come from, and where its results go.</summary>
    public string Kernel => PlanPrinter.Describe(Step.Kernel) + (Note is null ? "" : " " + Note);

    /// <summary>The slower of engine and memory: they work at the same time.</summary>
    public long Cycles => Math.Max(Cost.Cycles, MemoryCycles);

    public bool IsMemoryBound => MemoryCycles > Cost.Cycles;

    internal static HlsLayer Of(PlanStep step, int first, int commands, LayerCost cost, FpgaTarget target) =>
        new(step, first, commands, cost, HlsCost.Memory(cost.Words, target));
}
