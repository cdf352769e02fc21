namespace Edgec.Runtime.Kernels;

/// <summary>
/// Numbers added to the scores of attention before they are rounded, i8 [Count, Rows or 1, Columns]: a mask, a bias, relative positions.
/// Queries of batch b meet those of (b / Repeat) mod Count.
/// </summary>
/// <param name="Repeat">Neighbouring batches that share one matrix.</param>
/// <param name="Count">Matrices, after which they are taken from the first again.</param>
/// <param name="ByRow">A row for each query; otherwise one for all.</param>
/// <param name="Multiplier">With the shift of the scores: scale(bias) / scale(score). Negative where it is subtracted.</param>
public readonly record struct AttentionBias(int Repeat, int Count, bool ByRow, int Zero, int Multiplier)
{
    /// <summary>Where the row of a query starts.</summary>
    internal int Row(in AttentionGeometry g, int row) =>
        (row / g.Rows / Repeat % Count * (ByRow ? g.Rows : 1) + (ByRow ? row % g.Rows : 0)) * g.Columns;
}
