namespace Edgec.Runtime.Kernels;

/// <summary>Reduces the middle axis of i8 [Outer, Length, Inner] to [Outer, Inner]. A row is one outer index.</summary>
public static class IntegerReduce
{
    /// <summary>finish(Σ (x - zero)).</summary>
    public static void Sum(in RowGeometry g, ReadOnlySpan<sbyte> x, int zero, Requantizer finish, Span<sbyte> y, int firstRow, int endRow)
    {
        var sums = new int[g.Inner];
        for (int row = firstRow; row < endRow; row++)
        {
            Array.Clear(sums);
            for (int i = 0; i < g.Length; i++)
            {
                ReadOnlySpan<sbyte> source = x.Slice((row * g.Length + i) * g.Inner, g.Inner);
                for (int c = 0; c < sums.Length; c++)
                    sums[c] += source[c] - zero;
            }

            for (int c = 0; c < sums.Length; c++)
                y[row * g.Inner + c] = finish.Apply(sums[c], 0);
        }
    }

    /// <summary>The maximum, clamped.</summary>
    public static void Maximum(in RowGeometry g, ReadOnlySpan<sbyte> x, int lo, int hi, Span<sbyte> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            Span<sbyte> target = y.Slice(row * g.Inner, g.Inner);
            target.Fill((sbyte)lo);
            for (int i = 0; i < g.Length; i++)
            {
                ReadOnlySpan<sbyte> source = x.Slice((row * g.Length + i) * g.Inner, g.Inner);
                for (int c = 0; c < target.Length; c++)
                    target[c] = Math.Max(target[c], source[c]);
            }

            for (int c = 0; c < target.Length; c++)
                target[c] = Math.Min(target[c], (sbyte)hi);
        }
    }

    /// <summary>The minimum, clamped.</summary>
    public static void Minimum(in RowGeometry g, ReadOnlySpan<sbyte> x, int lo, int hi, Span<sbyte> y, int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            Span<sbyte> target = y.Slice(row * g.Inner, g.Inner);
            target.Fill((sbyte)hi);
            for (int i = 0; i < g.Length; i++)
            {
                ReadOnlySpan<sbyte> source = x.Slice((row * g.Length + i) * g.Inner, g.Inner);
                for (int c = 0; c < target.Length; c++)
                    target[c] = Math.Min(target[c], source[c]);
            }

            for (int c = 0; c < target.Length; c++)
                target[c] = Math.Max(target[c], (sbyte)lo);
        }
    }
}
