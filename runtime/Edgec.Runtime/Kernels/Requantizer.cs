using System.Numerics;
using Edgec.Runtime.Arithmetic;

namespace Edgec.Runtime.Kernels;

/// <summary>
/// The finish of an integer reduction: <see cref="Scalar.Requantize"/>, or what stands in its place in another rounding profile, with
/// parameters for each index (an output channel, or the number of pooled elements), or with one set for all; or the thresholds of
/// <see cref="Thresholds"/>.
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

    private ReadOnlySpan<int> Limits { get; init; }

    private ReadOnlySpan<sbyte> Starts { get; init; }

    private ReadOnlySpan<sbyte> Steps { get; init; }

    /// <summary>A staircase for each index, or one for all: <c>start + step · #{i: accumulator ≥ limits[i]}</c>.</summary>
    /// <param name="limits">As many for each index, ascending.</param>
    public static Requantizer Thresholds(ReadOnlySpan<int> limits, ReadOnlySpan<sbyte> starts, ReadOnlySpan<sbyte> steps) =>
        new([], [], [], 0, 0) { Limits = limits, Starts = starts, Steps = steps };

    /// <summary>The result as i8 or i16. An accumulator that was proven to fit 32 bits gives the bits that 32-bit kernels give.</summary>
    /// <param name="added">To the product with the multiplier, beside the addend; nothing to a staircase.</param>
    public T Apply<T>(long accumulator, int index, long added = 0) where T : unmanaged, IBinaryInteger<T>
    {
        if (!Limits.IsEmpty)
            return T.CreateTruncating(Climb((int)accumulator, Starts.Length == 1 ? 0 : index));
        int i = multipliers.Length == 1 ? 0 : index;
        return T.CreateTruncating(profile switch
        {
            RoundingProfile.Onnx => Rounding.HalfEvenWide(accumulator, multipliers[i], addends[i] + added, shifts[i], zero, lo, hi),
            RoundingProfile.Tflite => Rounding.Twice((int)accumulator, multipliers[i], addends[i] + added, shifts[i], zero, lo, hi),
            _ => Scalar.RequantizeWide(accumulator, multipliers[i], addends[i] + added, shifts[i], lo, hi),
        });
    }

    // Halves the row of limits until it is clear how many are reached.
    private sbyte Climb(int accumulator, int index)
    {
        int count = Limits.Length / Starts.Length, reached = 0, end = count;
        ReadOnlySpan<int> limits = Limits.Slice(index * count, count);
        while (reached < end)
        {
            int middle = (reached + end) / 2;
            if (accumulator >= limits[middle])
                reached = middle + 1;
            else
                end = middle;
        }

        return (sbyte)(Starts[index] + Steps[index] * reached);
    }
}
