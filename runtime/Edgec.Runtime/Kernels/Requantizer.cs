using Edgec.Runtime.Arithmetic;

namespace Edgec.Runtime.Kernels;

/// <summary>
/// The finish of an integer reduction: <see cref="Scalar.Requantize"/>, or what stands in its place in another rounding profile, with
/// parameters for each index (an output channel, or the number of pooled elements), or with one set for all.
/// </summary>
/// <param name="zero">The output's zero point where the addends do not hold it: see <see cref="Rounding"/>.</param>
public readonly ref struct Requantizer(
    ReadOnlySpan<int> multipliers, ReadOnlySpan<byte> shifts, ReadOnlySpan<long> addends, int lo, int hi,
    RoundingProfile profile = RoundingProfile.Single, int zero = 0)
{
    private readonly ReadOnlySpan<int> multipliers = multipliers;
    private readonly ReadOnlySpan<byte> shifts = shifts;
    private readonly ReadOnlySpan<long> addends = addends;
    private readonly int lo = lo;
    private readonly int hi = hi;
    private readonly RoundingProfile profile = profile;
    private readonly int zero = zero;

    public sbyte Apply(int accumulator, int index)
    {
        int i = multipliers.Length == 1 ? 0 : index;
        return (sbyte)(profile switch
        {
            RoundingProfile.Onnx => Rounding.HalfEven(accumulator, multipliers[i], addends[i], shifts[i], zero, lo, hi),
            RoundingProfile.Tflite => Rounding.Twice(accumulator, multipliers[i], addends[i], shifts[i], zero, lo, hi),
            _ => Scalar.Requantize(accumulator, multipliers[i], addends[i], shifts[i], lo, hi),
        });
    }
}
