namespace Edgec.Runtime.Kernels;

/// <summary>
/// Two neighbouring axes of [Outer, Height, Width, Inner] sampled to [Outer, OutHeight, OutWidth, Inner]. Each output row is a weighted sum of
/// RowTaps input rows that follow one another, each output column one of ColumnTaps.
/// </summary>
public readonly record struct ResampleGeometry(int Outer, int Height, int Width, int Inner, int OutHeight, int OutWidth, int RowTaps, int ColumnTaps)
{
    /// <summary>Elements of the result.</summary>
    public long Count => (long)Outer * OutHeight * OutWidth * Inner;

    /// <summary>Rows of the result, by which work is split.</summary>
    public int Rows => Outer * OutHeight;

    /// <summary>Where the first element lies that an output reads: row <paramref name="start"/> of an outer index, column <paramref name="column"/>.</summary>
    public int Offset(int outer, int start, int column) => ((outer * Height + start) * Width + column) * Inner;
}
