namespace Edgec.Runtime.Kernels;

/// <summary>
/// Attention of [Batch, Rows, Inner] queries to [Batch, Columns, Inner] keys, whose values are [Batch, Columns, Width]; the result
/// is [Batch, Rows, Width].
/// </summary>
/// <param name="KeysByRow">True: a key's elements lie side by side, [Batch, Columns, Inner]; false: [Batch, Inner, Columns].</param>
/// <param name="OneContext">Keys and values are those of one batch, for every batch of queries.</param>
public readonly record struct AttentionGeometry(int Batch, int Rows, int Columns, int Inner, int Width, bool KeysByRow, bool OneContext);
