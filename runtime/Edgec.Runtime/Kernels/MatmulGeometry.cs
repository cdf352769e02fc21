namespace Edgec.Runtime.Kernels;

/// <summary>
/// <c>out[b, r, c] = Σ_k left[b, r, k] · right[b, c, k]</c>: left is [Batch, Rows, Inner], output [Batch, Rows, Columns].
/// </summary>
/// <param name="RightTransposed">True: right is [Batch, Columns, Inner], the layout of weights; false: [Batch, Inner, Columns].</param>
/// <param name="BroadcastLeft">Left is [1, Rows, Inner], used for every batch.</param>
/// <param name="BroadcastRight">Right has batch 1 and is used for every batch; always so for weights.</param>
public readonly record struct MatmulGeometry(
    int Batch,
    int Rows,
    int Inner,
    int Columns,
    bool RightTransposed,
    bool BroadcastLeft,
    bool BroadcastRight);
