namespace Edgec.Plan;

/// <summary>All constants of a plan as one block of little-endian bytes; equal tensors are stored once.</summary>
public sealed record WeightImage(byte[] Bytes)
{
    /// <summary>Every constant starts at a multiple of this many bytes, a cache line.</summary>
    public const int Alignment = 64;
}
