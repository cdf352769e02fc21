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
}
