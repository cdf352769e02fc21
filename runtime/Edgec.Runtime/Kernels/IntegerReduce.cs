using System.Numerics;

namespace Edgec.Runtime.Kernels;

/// <summary>Reduces the middle axis of i8 or i16 [Outer, Length, Inner] to [Outer, Inner]. A row is one outer index.</summary>
public static class IntegerReduce
{
    /// <summary>finish(Σ (x - zero)).</summary>
    public static void Sum<T>(in RowGeometry g, ReadOnlySpan<T> x, int zero, Requantizer finish, Span<T> y, int firstRow, int endRow)
        where T : unmanaged, IBinaryInteger<T>
    {
        var sums = new long[g.Inner];
        for (int row = firstRow; row < endRow; row++)
        {
            Array.Clear(sums);
            for (int i = 0; i < g.Length; i++)
            {
                ReadOnlySpan<T> source = x.Slice((row * g.Length + i) * g.Inner, g.Inner);
                for (int c = 0; c < sums.Length; c++)
                    sums[c] += int.CreateTruncating(source[c]) - zero;
            }

            for (int c = 0; c < sums.Length; c++)
                y[row * g.Inner + c] = finish.Apply<T>(sums[c], 0);
        }
    }

    /// <summary>The maximum, clamped.</summary>
    public static void Maximum<T>(in RowGeometry g, ReadOnlySpan<T> x, int lo, int hi, Span<T> y, int firstRow, int endRow)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int row = firstRow; row < endRow; row++)
        {
            Span<T> target = y.Slice(row * g.Inner, g.Inner);
            target.Fill(T.CreateTruncating(lo));
            for (int i = 0; i < g.Length; i++)
            {
                ReadOnlySpan<T> source = x.Slice((row * g.Length + i) * g.Inner, g.Inner);
                for (int c = 0; c < target.Length; c++)
                    target[c] = T.Max(target[c], source[c]);
            }

            for (int c = 0; c < target.Length; c++)
                target[c] = T.Min(target[c], T.CreateTruncating(hi));
        }
    }

    /// <summary>The minimum, clamped.</summary>
    public static void Minimum<T>(in RowGeometry g, ReadOnlySpan<T> x, int lo, int hi, Span<T> y, int firstRow, int endRow)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int row = firstRow; row < endRow; row++)
        {
            Span<T> target = y.Slice(row * g.Inner, g.Inner);
            target.Fill(T.CreateTruncating(hi));
            for (int i = 0; i < g.Length; i++)
            {
                ReadOnlySpan<T> source = x.Slice((row * g.Length + i) * g.Inner, g.Inner);
                for (int c = 0; c < target.Length; c++)
                    target[c] = T.Min(target[c], source[c]);
            }

            for (int c = 0; c < target.Length; c++)
                target[c] = T.Max(target[c], T.CreateTruncating(lo));
        }
    }
}
