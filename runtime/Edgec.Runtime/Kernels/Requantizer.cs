using Edgec.Runtime.Arithmetic;

namespace Edgec.Runtime.Kernels;

/// <summary>
/// The finish of an integer reduction: <see cref="Scalar.Requantize"/> with parameters for each index (an output channel,
/// or the number of pooled elements), or with one set for all.
/// </summary>
public readonly ref struct Requantizer(
    ReadOnlySpan<int> multipliers, ReadOnlySpan<byte> shifts, ReadOnlySpan<long> addends, int lo, int hi)
{
    private readonly ReadOnlySpan<int> multipliers = multipliers;
    private readonly ReadOnlySpan<byte> shifts = shifts;
    private readonly ReadOnlySpan<long> addends = addends;
    private readonly int lo = lo;
    private readonly int hi = hi;

    public sbyte Apply(int accumulator, int index)
    {
        int i = multipliers.Length == 1 ? 0 : index;
        return (sbyte)Scalar.Requantize(accumulator, multipliers[i], addends[i], shifts[i], lo, hi);
    }
}
