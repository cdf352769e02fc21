using Edgec.Kernels;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Plan.Hls;

/// <summary>How the rows of a reduction lie in words.</summary>
/// <param name="Across">The 16 lanes of a word belong to 16 rows; else a row lies along the lanes.</param>
/// <param name="OuterStride">Words from one outer index to the next.</param>
/// <param name="Inner">Words side by side; 1 along.</param>
/// <param name="Length">Words of a row.</param>
/// <param name="Step">Words from one of these to the next.</param>
/// <param name="Period">Along: words of a storage row.</param>
/// <param name="Tail">Along: lanes that count in its last word.</param>
/// <param name="OutExtent">Along: results go to storage rows of so many.</param>
public sealed record RowLayout(
    bool Across, int Outer, int OuterStride, int Inner, int Length, int Step, int Period, int Tail, int OutExtent)
{
    private const int Lanes = EngineConfiguration.Lanes;

    /// <summary>The layout of <paramref name="rows"/> over a tensor stored with padded rows; null if the rows cut across storage rows.</summary>
    public static RowLayout? Of(in RowGeometry rows, Shape source, Shape result)
    {
        int last = source.Rank == 0 ? 1 : source[^1], words = Storage.Pitch(source, Lanes) / Lanes;
        if (rows.Inner > 1)
        {
            if (rows.Inner % last != 0)
                return null;
            int inner = rows.Inner / last * words;
            return new(true, rows.Outer, rows.Length * inner, inner, rows.Length, inner, 1, Lanes, 1);
        }

        if (rows.Length % last != 0)
            return null;
        int length = rows.Length / last * words;
        return new(false, rows.Outer, length, 1, length, 1, words, last - (words - 1) * Lanes, result.Rank == 0 ? 1 : result[^1]);
    }
}
