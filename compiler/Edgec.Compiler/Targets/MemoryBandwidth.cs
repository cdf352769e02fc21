namespace Edgec.Targets;

/// <summary>How fast a target reads and writes its external memory, in bytes per second.</summary>
/// <param name="Peak">Width times rate of the memory's pins.</param>
/// <param name="Sustained">What long transfers get; estimates use this one.</param>
public sealed record MemoryBandwidth(double Peak, double Sustained)
{
    /// <summary>Sustained bytes in one cycle of a clock.</summary>
    public double BytesPerCycle(double clockMHz) => Sustained / (clockMHz * 1e6);
}
