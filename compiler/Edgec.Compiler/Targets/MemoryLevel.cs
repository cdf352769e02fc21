namespace Edgec.Targets;

/// <summary>A memory between the last cache of a processor and its external memory, or in the place of it: a board's SRAM, a flash.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="BytesPerSecond">What long transfers get.</param>
public sealed record MemoryLevel(string Name, long Bytes, double BytesPerSecond);
