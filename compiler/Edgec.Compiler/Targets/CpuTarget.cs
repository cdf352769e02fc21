using Edgec.Ir;

namespace Edgec.Targets;

/// <summary>A processor, how to build for it and how fast it is.</summary>
/// <param name="Compiler">The C compiler's command; letters, digits and <c>. _ + / -</c> only, so it needs no quoting.</param>
/// <param name="CompilerFlags">What chooses the processor, for example <c>-march=armv8-a</c>; they need no quoting either.</param>
/// <param name="Emulator">The command that runs the target's programs on another machine; null where there is none.</param>
/// <param name="L1Bytes">Data cache of one core.</param>
/// <param name="L2Bytes">The next cache, shared or not; 0 where there is none.</param>
/// <param name="L3Bytes">The last cache before memory; 0 where there is none.</param>
/// <param name="Int8MacsPerCycle">Exact 8 x 8 bit products summed in 32 bits, one core.</param>
/// <param name="Fp32MacsPerCycle">Single-precision multiply-adds, one core.</param>
public sealed record CpuTarget(
    string Name,
    string Description,
    MemoryBandwidth Memory,
    CpuArchitecture Architecture,
    CpuIsa Isa,
    string Compiler,
    EquatableArray<string> CompilerFlags,
    string? Emulator,
    int Cores,
    double ClockMHz,
    long L1Bytes,
    long L2Bytes,
    long L3Bytes,
    double Int8MacsPerCycle,
    double Fp32MacsPerCycle)
    : Target(Name, Description, Memory)
{
    /// <summary>16 x 8 bit products summed in 32 bits, one core; as many as of single precision unless the file says otherwise.</summary>
    public double Int16MacsPerCycle { get; init; } = Fp32MacsPerCycle;
}
