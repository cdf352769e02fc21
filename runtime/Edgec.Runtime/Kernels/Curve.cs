using Edgec.Runtime.Arithmetic;

namespace Edgec.Runtime.Kernels;

/// <summary>Functions of one i16 by linear interpolation of a table (docs/numerics.md §3).</summary>
public static class Curve
{
    /// <summary><see cref="Interpolation.Curve"/> of each element.</summary>
    /// <param name="entries">[2^(16-stepBits) + 1]: the function at -32768, -32768 + 2^stepBits, …, with 4 fraction bits.</param>
    public static void Map(ReadOnlySpan<short> x, ReadOnlySpan<int> entries, int stepBits, int lo, int hi, Span<short> y, int first, int end)
    {
        int mask = (1 << stepBits) - 1;
        for (int i = first; i < end; i++)
        {
            int position = x[i] + 32768, at = position >> stepBits;
            y[i] = (short)Interpolation.Curve(entries[at], entries[at + 1], position & mask, stepBits, lo, hi);
        }
    }

    /// <summary><see cref="Interpolation.ReluDelta"/> of each element.</summary>
    /// <param name="entries">The difference to ReLU at 0, 2^stepBits, 2 · 2^stepBits, …, with 4 fraction bits; behind the last but one entry
    /// it is that of the last two.</param>
    public static void ReluDelta(
        ReadOnlySpan<short> x, ReadOnlySpan<int> entries, int stepBits, int multiplier, int shift, int lo, int hi, Span<short> y, int first, int end)
    {
        int mask = (1 << stepBits) - 1, last = entries.Length - 2;
        for (int i = first; i < end; i++)
        {
            int magnitude = Math.Abs((int)x[i]), at = Math.Min(magnitude >> stepBits, last);
            y[i] = (short)Interpolation.ReluDelta(x[i], entries[at], entries[at + 1], magnitude & mask, stepBits, multiplier, shift, lo, hi);
        }
    }
}
