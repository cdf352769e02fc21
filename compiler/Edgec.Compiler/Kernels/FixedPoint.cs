using Edgec.Runtime;

namespace Edgec.Kernels;

/// <summary>Real factors as integer multipliers and shifts (docs/numerics.md §2).</summary>
public static class FixedPoint
{
    public const int MinShift = 1;
    public const int MaxShift = 47;

    /// <summary>
    /// <c>ratio ≈ multiplier · 2^-shift</c> with the multiplier normalised to <paramref name="bits"/> bits: the relative
    /// error is at most 2^-bits. Null if the shift would leave [1, 47].
    /// </summary>
    public static (int Multiplier, int Shift)? Normalize(double ratio, int bits)
    {
        if (!double.IsFinite(ratio) || ratio <= 0)
            return null;
        int exponent = Math.ILogB(ratio);
        long multiplier = (long)Math.Round(Math.ScaleB(ratio, bits - 1 - exponent), MidpointRounding.AwayFromZero);
        int shift = bits - 1 - exponent;
        if (multiplier == 1L << bits)
            (multiplier, shift) = (multiplier >> 1, shift - 1);
        return shift is >= MinShift and <= MaxShift ? ((int)multiplier, shift) : null;
    }

    /// <summary>
    /// As <see cref="Normalize"/>, but a ratio too large for it becomes the greatest there is: any accumulator but 0 then lies
    /// beyond every result, as it would with the ratio itself. Null if the ratio is too small.
    /// </summary>
    public static (int Multiplier, int Shift)? Saturate(double ratio, int bits) =>
        Normalize(ratio, bits) ?? (double.IsFinite(ratio) && ratio >= Math.ScaleB(1, bits - 1 - MinShift) ? ((int)((1L << bits) - 1), MinShift) : null);

    /// <summary>The addend that rounds half up and adds a zero point: <c>2^(shift-1) + zero · 2^shift</c>.</summary>
    public static long Addend(int shift, int zero) => (1L << (shift - 1)) + ((long)zero << shift);

    /// <summary>
    /// The finish that scales accumulators by <paramref name="ratios"/> to i8. A ratio of 0 (a channel of all-zero
    /// weights and bias) gives the zero point.
    /// </summary>
    /// <returns>Null if a ratio needs a shift outside [1, 47].</returns>
    public static IntegerFinish? Finish(ReadOnlySpan<double> ratios, int zero, int lo, int hi)
    {
        var multipliers = new int[ratios.Length];
        var shifts = new byte[ratios.Length];
        var addends = new long[ratios.Length];
        for (int i = 0; i < ratios.Length; i++)
        {
            (int Multiplier, int Shift) scaled = (0, MinShift);
            if (ratios[i] != 0)
            {
                if (Saturate(ratios[i], 16) is not { } normal)
                    return null;
                scaled = normal;
            }

            multipliers[i] = scaled.Multiplier;
            shifts[i] = (byte)scaled.Shift;
            addends[i] = Addend(scaled.Shift, zero);
        }

        Shape shape = [ratios.Length];
        return new(Tensor.Of(shape, multipliers), Tensor.Of(shape, shifts), Tensor.Of(shape, addends), lo, hi);
    }
}
