using System.Numerics;
using Edgec.Runtime.Arithmetic;

namespace Edgec.Runtime.Kernels;

/// <summary>
/// Rows of activations that meet the weights of a few experts each: the result is [Rows, Choices, Columns], a result row one of Rows · Choices.
/// </summary>
/// <param name="Choices">Experts of a row, named by indices [Rows, Choices].</param>
/// <param name="Inner">Elements of an activation row.</param>
/// <param name="Columns">Of one expert; its weights are [Columns, Inner].</param>
/// <param name="RowPerChoice">The left side is [Rows, Choices, Inner]; else [Rows, Inner], a row for all of its choices.</param>
/// <param name="ByExpert">Result rows are computed expert by expert, those of one in their order; else one after the other. The bits are the same.</param>
public readonly record struct ExpertGeometry(int Rows, int Choices, int Experts, int Inner, int Columns, bool RowPerChoice, bool ByExpert)
{
    public int ResultRows => Rows * Choices;

    /// <summary>The result rows in the order they are computed, each with its expert. An index out of range is <see cref="Scalar.Position"/>'s.</summary>
    public (int Row, int Expert)[] Order<TIndex>(ReadOnlySpan<TIndex> indices) where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        var plain = new (int Row, int Expert)[ResultRows];
        var starts = new int[Experts + 1];
        for (int row = 0; row < plain.Length; row++)
        {
            plain[row] = (row, Scalar.Position(long.CreateTruncating(indices[row]), Experts));
            starts[plain[row].Expert + 1]++;
        }

        if (!ByExpert)
            return plain;
        for (int expert = 0; expert < Experts; expert++)
            starts[expert + 1] += starts[expert];
        var queues = new (int Row, int Expert)[ResultRows];
        foreach ((int Row, int Expert) entry in plain)
            queues[starts[entry.Expert]++] = entry;
        return queues;
    }

    /// <summary>The row of the left side that a result row multiplies.</summary>
    public int LeftRow(int resultRow) => RowPerChoice ? resultRow : resultRow / Choices;
}
