namespace Edgec.Targets;

/// <summary>C# source over the runtime's kernels.</summary>
/// <param name="Framework">The target framework moniker of the project that is written, for example <c>net10.0</c>.</param>
public sealed record DotNetTarget(string Name, string Description, MemoryBandwidth Memory, string Framework)
    : Target(Name, Description, Memory);
