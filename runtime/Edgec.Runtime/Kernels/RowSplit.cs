namespace Edgec.Runtime.Kernels;

/// <summary>
/// Splits the rows of a kernel over the machine's cores. Kernels compute every output element from its own row alone, so
/// the result does not depend on the split.
/// </summary>
public static class RowSplit
{
    /// <summary>Steps below which starting threads costs more than it saves.</summary>
    private const long Worthwhile = 1 << 17;

    /// <summary>Calls <paramref name="body"/> with ranges [first, end) that cover all rows.</summary>
    /// <param name="work">Elementary steps of all rows together.</param>
    public static void Run(int rows, long work, Action<int, int> body)
    {
        int parts = work < Worthwhile ? 1 : Math.Min(rows, 4 * Environment.ProcessorCount);
        if (parts <= 1)
        {
            body(0, rows);
            return;
        }

        ParallelWork.Each(parts, part => body((int)((long)rows * part / parts), (int)((long)rows * (part + 1) / parts)));
    }
}
