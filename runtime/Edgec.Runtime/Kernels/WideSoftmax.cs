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

    private static int Exponential(int distance, ReadOnlySpan<int> powers, int multiplier, int shift)
    {
        int position = Softmax.ExponentPosition(distance, multiplier, shift), at = (position >> 11) & 127;
        return Softmax.Exponential(powers[at], powers[at + 1], position);
    }
}
