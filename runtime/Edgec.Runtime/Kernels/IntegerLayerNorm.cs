using System.Numerics;
using Edgec.Runtime.Arithmetic;

namespace Edgec.Runtime.Kernels;

/// <summary>Order-free normalisation of i8 or i16 rows. A row is one outer index and one group.</summary>
public static class IntegerLayerNorm
{
    /// <summary>
    /// <see cref="LayerNorm.Normalize"/> of each element: its distance from the mean, times the number of elements, over the
    /// root of <c>(count · Σx² - (Σx)²) · 2^guard + epsilon</c>, times 2^(guard/2).
    /// </summary>
    /// <param name="centered">False: its distance from <paramref name="inputZero"/>, and the sum of the squares of these.</param>
    /// <param name="guard">An even number: room for a small epsilon.</param>
    /// <param name="gains">[Groups, Channels], with <paramref name="fraction"/> fraction bits.</param>
    /// <param name="biases">[Groups, Channels], with 8 fraction bits.</param>
    public static void Normalize<T>(
        in GroupGeometry g, ReadOnlySpan<T> x, bool centered, int inputZero, int guard, long epsilon, ReadOnlySpan<short> gains, ReadOnlySpan<int> biases,
        int fraction, int zero, int lo, int hi, Span<T> y, int firstRow, int endRow)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int row = firstRow; row < endRow; row++)
        {
            int first = g.RowOffset(row), parameters = row % g.Groups * g.Channels, count = g.Count;
            long sum = 0, squares = 0;
            for (int i = 0; i < g.Length; i++)
            {
                foreach (T element in x.Slice(first + i * g.Pitch, g.Channels))
                {
                    long value = long.CreateTruncating(element);
                    sum += value;
                    squares += value * value;
                }
            }

            int factor = centered ? count : 1, offset = centered ? (int)sum : inputZero;
            long total = centered ? count * squares - sum * sum : squares + (long)inputZero * ((long)inputZero * count - 2 * sum);
            ulong guarded = ((ulong)total << guard) + (ulong)epsilon;
            int k = LayerNorm.NormalizationShift(guarded), shift = 31 + k + fraction - guard / 2;
            uint reciprocal = LayerNorm.Reciprocal(guarded, k);
            for (int i = 0; i < g.Length; i++)
                for (int c = 0; c < g.Channels; c++)
                {
                    int at = first + i * g.Pitch + c;
                    y[at] = T.CreateTruncating(LayerNorm.Normalize(
                        factor * int.CreateTruncating(x[at]) - offset, gains[parameters + c], reciprocal, biases[parameters + c], shift, zero, lo, hi));
                }
        }
    }
}
