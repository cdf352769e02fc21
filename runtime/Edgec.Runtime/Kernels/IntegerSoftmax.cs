using Edgec.Runtime.Arithmetic;

namespace Edgec.Runtime.Kernels;

/// <summary>Softmax of i8 scores along the middle axis of [Outer, Length, Inner] (docs/numerics.md §4). A row is one outer index.</summary>
public static class IntegerSoftmax
{
    /// <param name="exponentials">[256]: round(32767 · exp(-scale · d)) for d = maximum - score.</param>
    /// <param name="maximum">The integer that stands for probability 1.</param>
    /// <param name="zero">Added to every probability.</param>
    public static void Normalize(
        in RowGeometry g, ReadOnlySpan<sbyte> x, ReadOnlySpan<short> exponentials, int maximum, int zero, Span<sbyte> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
            for (int inner = 0; inner < g.Inner; inner++)
            {
                int first = row * g.Length * g.Inner + inner, end = first + g.Length * g.Inner;
                int highest = sbyte.MinValue;
                for (int i = first; i < end; i += g.Inner)
                    highest = Math.Max(highest, x[i]);
                uint sum = 0;
                for (int i = first; i < end; i += g.Inner)
                    sum += (uint)exponentials[highest - x[i]];
                if (sum == 0)
                    continue; // an empty row: otherwise the maximum itself contributes 32767
                int k = Softmax.NormalizationShift(sum);
                uint reciprocal = Softmax.Reciprocal(sum, k);
                for (int i = first; i < end; i += g.Inner)
                    y[i] = (sbyte)(Softmax.Weight(exponentials[highest - x[i]], reciprocal, k, maximum) + zero);
            }
    }

    /// <summary>The logarithm of the softmax: <see cref="Softmax.LogWeight"/> of each score.</summary>
    /// <param name="logarithms">[257]: ln(1 + i / 256). These and what follows are in steps of the result with <paramref name="shift"/> fraction bits.</param>
    /// <param name="octave">ln 2.</param>
    /// <param name="unit">ln 32767.</param>
    /// <param name="multiplier">A step of the scores.</param>
    public static void Logarithm(
        in RowGeometry g, ReadOnlySpan<sbyte> x, ReadOnlySpan<short> exponentials, ReadOnlySpan<int> logarithms, long octave, long unit,
        int multiplier, int shift, int zero, int lo, int hi, Span<sbyte> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
            for (int inner = 0; inner < g.Inner; inner++)
            {
                int first = row * g.Length * g.Inner + inner, end = first + g.Length * g.Inner;
                int highest = sbyte.MinValue;
                for (int i = first; i < end; i += g.Inner)
                    highest = Math.Max(highest, x[i]);
                uint sum = 0;
                for (int i = first; i < end; i += g.Inner)
                    sum += (uint)exponentials[highest - x[i]];
                if (sum == 0)
                    continue;
                int k = Softmax.NormalizationShift(sum), index = Softmax.LogarithmIndex(sum, k);
                long logarithm = Softmax.Logarithm(sum, k, logarithms[index], logarithms[index + 1]) + (31 - k) * octave - unit;
                for (int i = first; i < end; i += g.Inner)
                    y[i] = (sbyte)Softmax.LogWeight(x[i] - highest, multiplier, logarithm, shift, zero, lo, hi);
            }
    }
}
