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

    /// <summary>The kernel in words, and where its samples come from.</summary>
    public string Kernel => PlanPrinter.Describe(Step.Kernel) + (Samples == SampleAccess.None ? "" : $" {Samples.ToString().ToLowerInvariant()}");

    /// <summary>The slower of engine and memory: they work at the same time.</summary>
    public long Cycles => Math.Max(Cost.Cycles, MemoryCycles);

    public bool IsMemoryBound => MemoryCycles > Cost.Cycles;

    internal static HlsLayer Of(PlanStep step, int first, int commands, LayerCost cost, FpgaTarget target) =>
        new(step, first, commands, cost, HlsCost.Memory(cost.Words, target));
}
