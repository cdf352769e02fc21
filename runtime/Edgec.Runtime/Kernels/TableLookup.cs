namespace Edgec.Runtime.Kernels;

/// <summary>Any function of one i8, tabulated.</summary>
public static class TableLookup
{
    /// <summary>y = table[x + 128], element by element.</summary>
    /// <param name="table">[256].</param>
    public static void Map(ReadOnlySpan<sbyte> x, ReadOnlySpan<sbyte> table, Span<sbyte> y)
    {
        for (int i = 0; i < x.Length; i++)
            y[i] = table[x[i] + 128];
    }
}
