using Edgec.Runtime.Arithmetic;

namespace Edgec.Runtime.Kernels;

/// <summary>Softmax of i16 scores along the middle axis of [Outer, Length, Inner] (docs/numerics.md §4). A row is one outer index.</summary>
public static class WideSoftmax
{
    /// <param name="powers">[129]: round(32767 · 2^3 · 2^(-i/128)).</param>
    /// <param name="multiplier">With <paramref name="shift"/>: from a distance to its base-2 exponent, see <see cref="Softmax.ExponentPosition"/>.</param>
    /// <param name="maximum">The integer that stands for probability 1.</param>
    public static void Normalize(
        in RowGeometry g, ReadOnlySpan<short> x, ReadOnlySpan<int> powers, int multiplier, int shift, int maximum, Span<short> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
            for (int inner = 0; inner < g.Inner; inner++)
            {
                int first = row * g.Length * g.Inner + inner, end = first + g.Length * g.Inner;
                int highest = short.MinValue;
                for (int i = first; i < end; i += g.Inner)
                    highest = Math.Max(highest, x[i]);
                uint sum = 0;
                for (int i = first; i < end; i += g.Inner)
                    sum += (uint)Exponential(highest - x[i], powers, multiplier, shift);
                if (sum == 0)
                    continue; // an empty row: otherwise the maximum itself contributes 32767
                int k = Softmax.NormalizationShift(sum);
                uint reciprocal = Softmax.Reciprocal(sum, k);
                for (int i = first; i < end; i += g.Inner)
                    y[i] = (short)Softmax.Weight(Exponential(highest - x[i], powers, multiplier, shift), reciprocal, k, maximum);
            }
    }

    /// <summary>The logarithm of the softmax: <see cref="Softmax.LogWeight"/> of each score.</summary>
    /// <param name="powers">As for <see cref="Normalize"/>, with <paramref name="powerMultiplier"/> and <paramref name="powerShift"/>.</param>
    /// <param name="logarithms">[257]: ln(1 + i / 256), in steps of the result with <paramref name="shift"/> - <paramref name="lift"/> fraction bits; what follows has <paramref name="shift"/>.</param>
    /// <param name="octave">ln 2.</param>
    /// <param name="unit">ln 32767.</param>
    /// <param name="multiplier">A step of the scores.</param>
    public static void Logarithm(
        in RowGeometry g, ReadOnlySpan<short> x, ReadOnlySpan<int> powers, int powerMultiplier, int powerShift, ReadOnlySpan<int> logarithms, long octave, long unit,
        int multiplier, int lift, int shift, int lo, int hi, Span<short> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
            for (int inner = 0; inner < g.Inner; inner++)
            {
                int first = row * g.Length * g.Inner + inner, end = first + g.Length * g.Inner;
                int highest = short.MinValue;
                for (int i = first; i < end; i += g.Inner)
                    highest = Math.Max(highest, x[i]);
                uint sum = 0;
                for (int i = first; i < end; i += g.Inner)
                    sum += (uint)Exponential(highest - x[i], powers, powerMultiplier, powerShift);
                if (sum == 0)
                    continue;
                int k = Softmax.NormalizationShift(sum), index = Softmax.LogarithmIndex(sum, k);
                long logarithm = ((long)Softmax.Logarithm(sum, k, logarithms[index], logarithms[index + 1]) << lift) + (31 - k) * octave - unit;
                for (int i = first; i < end; i += g.Inner)
                    y[i] = (short)Softmax.LogWeight(x[i] - highest, multiplier, logarithm, shift, 0, lo, hi);
            }
    }

    private static int Exponential(int distance, ReadOnlySpan<int> powers, int multiplier, int shift)
    {
        int position = Softmax.ExponentPosition(distance, multiplier, shift), at = (position >> 11) & 127;
        return Softmax.Exponential(powers[at], powers[at + 1], position);
    }
}
