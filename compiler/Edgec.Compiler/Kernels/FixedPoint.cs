using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>Real factors as integer multipliers and shifts (docs/numerics.md §2).</summary>
public static class FixedPoint
{
    public const int MinShift = 1;
    public const int MaxShift = 47;

    /// <summary>The shift of a profile that shifts twice: 31 and up to 31.</summary>
    public const int MaxShiftTwice = 62;

    /// <summary>Multipliers have at least so many bits, whatever the ratio.</summary>
    private const int LeastBits = 16;

    /// <summary>Bits of the larger multiplier where two accumulators meet.</summary>
    public const int JoinedBits = 24;

    private const double Least = 1.0 / (1L << 32);

    /// <summary>
    /// <c>ratio ≈ multiplier · 2^-shift</c> with the multiplier normalised to <paramref name="bits"/> bits: the relative
    /// error is at most 2^-bits. Where that takes a shift beyond <paramref name="maxShift"/> the multiplier gets fewer bits, down to 16.
    /// Null if the shift would leave [1, <paramref name="maxShift"/>] even so.
    /// </summary>
    public static (int Multiplier, int Shift)? Normalize(double ratio, int bits, int maxShift = MaxShift)
    {
        if (!double.IsFinite(ratio) || ratio <= 0)
            return null;
        int exponent = Math.ILogB(ratio);
        if (bits > LeastBits)
            bits = Math.Clamp(maxShift + exponent + 1, LeastBits, bits);
        long multiplier = (long)Math.Round(Math.ScaleB(ratio, bits - 1 - exponent), MidpointRounding.AwayFromZero);
        int shift = bits - 1 - exponent;
        if (multiplier == 1L << bits)
            (multiplier, shift) = (multiplier >> 1, shift - 1);
        return shift >= MinShift && shift <= maxShift ? ((int)multiplier, shift) : null;
    }

    /// <summary>
    /// As <see cref="Normalize"/>, but a ratio too large for it becomes the greatest there is: any accumulator but 0 then lies
    /// beyond every result, as it would with the ratio itself. Null if the ratio is too small.
    /// </summary>
    public static (int Multiplier, int Shift)? Saturate(double ratio, int bits, int maxShift = MaxShift) =>
        Normalize(ratio, bits, maxShift) ?? (double.IsFinite(ratio) && ratio >= Math.ScaleB(1, bits - 1 - MinShift) ? ((int)((1L << bits) - 1), MinShift) : null);

    /// <summary>Bits of the multipliers of results of a type.</summary>
    public static int BitsOf(ElementType element) => element == ElementType.I16 ? 24 : LeastBits;

    /// <summary>The addend that rounds half up and adds a zero point: <c>2^(shift-1) + zero · 2^shift</c>.</summary>
    public static long Addend(int shift, int zero) => (1L << (shift - 1)) + ((long)zero << shift);

    /// <summary>A profile's parameters for one ratio. Its addend holds the zero point where the profile's function takes it there.</summary>
    /// <param name="bits">Bits of the multiplier in <see cref="RoundingProfile.Single"/>: 16 for 8-bit results, 24 for 16-bit ones (<see cref="BitsOf"/>).</param>
    /// <returns>Null if the ratio is out of reach.</returns>
    public static (int Multiplier, int Shift, long Addend)? Parameters(double ratio, int zero, RoundingProfile profile, int bits = 16)
    {
        if (profile == RoundingProfile.Tflite && bits > LeastBits)
            return Saturate(ratio, 31, MaxShiftTwice) is var (full, down) ? Reduced(full, down, zero) : null;
        (int Multiplier, int Shift)? normal = profile switch
        {
            RoundingProfile.Onnx => Saturate(ratio, 24),
            RoundingProfile.Tflite => Saturate(ratio, 31, MaxShiftTwice),
            _ => Saturate(ratio, bits),
        };
        return normal is var (multiplier, shift) ? (multiplier, shift, Addend(shift, zero, profile)) : null;
    }

    // What TensorFlow Lite does to 64-bit sums: the multiplier is cut to 15 bits and the product rounds once, half up.
    private static (int, int, long)? Reduced(int multiplier, int shift, int zero)
    {
        int reduced = multiplier < 0x7FFF0000 ? (multiplier + (1 << 15)) >> 16 : 0x7FFF, down = shift - 16;
        return down is >= MinShift and <= MaxShift ? (reduced, down, Addend(down, zero)) : null;
    }

    /// <summary>The profile whose function finishes results of so many bits: in <c>tflite</c>, 16-bit ones round once.</summary>
    public static RoundingProfile FunctionOf(RoundingProfile profile, int bits) =>
        profile == RoundingProfile.Tflite && bits > LeastBits ? RoundingProfile.Single : profile;

    /// <summary>True if the profile's function takes the zero point by itself, not inside the addend.</summary>
    public static bool AddsZeroLast(RoundingProfile profile) => profile is RoundingProfile.Onnx or RoundingProfile.Tflite;

    /// <summary>
    /// The finish that scales accumulators by <paramref name="ratios"/>. A ratio below 2^-32, 0 among them (a channel of
    /// weights and bias that are zero, or next to nothing), gives the zero point: 32 bits times it are less than half a step.
    /// </summary>
    /// <param name="bits">As for <see cref="Parameters"/>.</param>
    /// <returns>Null if a ratio is out of reach.</returns>
    public static IntegerFinish? Finish(
        ReadOnlySpan<double> ratios, int zero, int lo, int hi, RoundingProfile profile = RoundingProfile.Single, int bits = 16)
    {
        var multipliers = new int[ratios.Length];
        var shifts = new byte[ratios.Length];
        var addends = new long[ratios.Length];
        for (int i = 0; i < ratios.Length; i++)
        {
            (int Multiplier, int Shift, long Addend) entry = (0, MinShift, Addend(MinShift, zero, FunctionOf(profile, bits)));
            if (!(ratios[i] < Least))
            {
                if (Parameters(ratios[i], zero, profile, bits) is not { } found)
                    return null;
                entry = found;
            }

            multipliers[i] = entry.Multiplier;
            shifts[i] = (byte)entry.Shift;
            addends[i] = entry.Addend;
        }

        profile = FunctionOf(profile, bits);
        Shape shape = [ratios.Length];
        return new(
            Tensor.Of(shape, multipliers), Tensor.Of(shape, shifts), Tensor.Of(shape, addends), lo, hi, profile, AddsZeroLast(profile) ? zero : 0);
    }

    /// <summary>
    /// The finish of two accumulators of each channel: the larger ratio of the two gets a multiplier of <see cref="JoinedBits"/> bits (as few as 16 where the
    /// shift would pass 47), the other what the same shift leaves it. A channel whose ratios are below 2^-32 gives the zero point.
    /// </summary>
    /// <returns>Null if a ratio is out of reach.</returns>
    public static JoinedFinish? Joined(ReadOnlySpan<double> ratios, ReadOnlySpan<double> branch, int zero, int lo, int hi, RoundingProfile profile)
    {
        int[] multipliers = new int[ratios.Length], branchMultipliers = new int[ratios.Length];
        var shifts = new byte[ratios.Length];
        var addends = new long[ratios.Length];
        // As for a sum of two tensors, the profile that rounds twice rounds once.
        profile = profile == RoundingProfile.Tflite ? RoundingProfile.Single : profile;
        for (int i = 0; i < ratios.Length; i++)
        {
            double larger = Math.Max(ratios[i], branch[i]);
            int shift = MinShift;
            if (!(larger < Least))
            {
                if (Normalize(larger, JoinedBits) is not { } normal)
                    return null;
                shift = normal.Shift;
                multipliers[i] = Multiplier(ratios[i], shift);
                branchMultipliers[i] = Multiplier(branch[i], shift);
            }

            shifts[i] = (byte)shift;
            addends[i] = Addend(shift, zero, profile);
        }

        Shape shape = [ratios.Length];
        return new(
            Tensor.Of(shape, multipliers), Tensor.Of(shape, branchMultipliers), Tensor.Of(shape, shifts), Tensor.Of(shape, addends), lo, hi, profile,
            profile == RoundingProfile.Onnx ? zero : 0);

        static int Multiplier(double ratio, int shift) => (int)Math.Round(Math.ScaleB(ratio, shift), MidpointRounding.AwayFromZero);
    }

    /// <summary>
    /// The finish of sums to which numbers at another scale are added before they round: a finish with one set of parameters, and the
    /// multiplier of those numbers at its shift, of at most 31 bits. Where that asks for a shorter shift the sums' own multiplier has fewer bits.
    /// </summary>
    /// <param name="ratio">The scale of the sums over that of the result.</param>
    /// <param name="biasRatio">The scale of what is added over that of the result; negative where it is subtracted.</param>
    /// <returns>Null if a ratio is out of reach.</returns>
    public static (IntegerFinish Finish, int Multiplier)? Biased(double ratio, double biasRatio, int zero, int lo, int hi, RoundingProfile profile)
    {
        if (Parameters(Math.Max(ratio, Least), zero, profile) is not var (multiplier, shift, _) || !double.IsFinite(biasRatio))
            return null;
        int longest = biasRatio == 0 ? shift : 30 - Math.ILogB(biasRatio);
        if (longest < shift || ratio < Least)
        {
            shift = Math.Min(shift, longest);
            multiplier = (int)Math.Round(Math.ScaleB(ratio, shift), MidpointRounding.AwayFromZero);
        }

        if (shift < MinShift)
            return null;
        var finish = new IntegerFinish(
            Tensor.Of<int>([1], [multiplier]), Tensor.Of<byte>([1], [(byte)shift]), Tensor.Of<long>([1], [Addend(shift, zero, profile)]), lo, hi,
            profile, AddsZeroLast(profile) ? zero : 0);
        return (finish, (int)Math.Clamp(Math.Round(Math.ScaleB(biasRatio, shift), MidpointRounding.AwayFromZero), -int.MaxValue, int.MaxValue));
    }

    private static long Addend(int shift, int zero, RoundingProfile profile) => profile switch
    {
        RoundingProfile.Onnx => Addend(shift, 0),
        RoundingProfile.Tflite => Addend(Math.Min(shift, 31), 0),
        RoundingProfile.Truncate => (long)zero << shift,
        _ => Addend(shift, zero),
    };
}
