using System.Collections.Immutable;
using Edgec.Plan.Hls;
using Edgec.Targets;

namespace Edgec.Plan;

/// <summary>What one step is expected to cost on a target.</summary>
/// <param name="ComputeCycles">Cycles if memory were free.</param>
/// <param name="MemoryCycles">Cycles if computing were free.</param>
/// <param name="DramBytes">Bytes to and from external memory.</param>
public sealed record StepEstimate(PlanStep Step, double ComputeCycles, double MemoryCycles, long DramBytes)
{
    /// <summary>The slower of the two: they overlap.</summary>
    public double Cycles => Math.Max(ComputeCycles, MemoryCycles);

    /// <summary>What the target decided about the step, behind its kernel; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>Where a deformable convolution finds its samples on an FPGA.</summary>
    public SampleAccess Samples { get; init; }

    /// <summary>Bytes of the line buffer that hold the rows it samples; null where there is none, as on a processor.</summary>
    public long? SampleBytes { get; init; }

    /// <summary>What attention loads on an FPGA; null for another kernel or target.</summary>
    public AttentionTraffic? Attention { get; init; }

    /// <summary>Cycles in which weights and parameters come in on an FPGA.</summary>
    public long LoadingCycles { get; init; }

    /// <summary>Of these, the ones in which a command before is computed.</summary>
    public long HiddenCycles { get; init; }

    /// <summary>The same in words; null for nothing.</summary>
    public string? Loads => LoadCost.Words(LoadingCycles, HiddenCycles);

    public bool IsMemoryBound => MemoryCycles > ComputeCycles;
}

/// <summary>What a plan is expected to cost on a target. Estimates, never measurements.</summary>
/// <param name="Resources">For an FPGA; null for a processor.</param>
public sealed record Estimate(ImmutableArray<StepEstimate> Steps, double ClockMHz, ResourceEstimate? Resources)
{
    public double Cycles => Steps.Sum(step => step.Cycles);

    /// <summary>Of one inference, one after the other.</summary>
    public double Milliseconds => Cycles / (ClockMHz * 1e3);

    public double FramesPerSecond => 1000 / Milliseconds;

    /// <summary>Energy of one inference in microjoules, by the target's figures: multiply-accumulates, products that make samples, and external memory.</summary>
    public double Microjoules(EnergyCost energy) => 1e-6 * Steps.Sum(step =>
        (step.Step.Cost.Macs + KernelCost.SampleProducts(step.Step.Kernel)) * energy.PerMac + step.DramBytes * energy.PerByte);

    public long DramBytes => Steps.Sum(step => step.DramBytes);

    /// <summary>Cycles in which weights and parameters come in on an FPGA; 0 elsewhere.</summary>
    public long LoadingCycles => Steps.Sum(step => step.LoadingCycles);

    /// <summary>Of these, the ones in which a command before is computed, were memory never waited for: what it lets through bounds each layer by itself.</summary>
    public long HiddenCycles => Steps.Sum(step => step.HiddenCycles);
}
