using Edgec.Ir;

namespace Edgec.Plan.Hls;

/// <summary>A step of the plan on the engines.</summary>
/// <param name="Index">That of the step.</param>
/// <param name="Name">The step's name.</param>
/// <param name="Kernel">The kernel in words.</param>
/// <param name="FirstCommand">Index of its first command.</param>
/// <param name="Commands">How many it has.</param>
/// <param name="Cycles">Estimated.</param>
/// <param name="MemoryBound">Memory, not an engine, decides the cycles.</param>
public sealed record HlsLayer(
    int Index, string Name, Origin Origin, string Kernel, int FirstCommand, int Commands, long Cycles, bool MemoryBound, StepCost Cost);
