using Edgec.Kernels;
using Edgec.Runtime.Kernels;

namespace Edgec.Plan;

/// <summary>
/// Which rows of an image a step reads for a row of its result: row y reads the rows from <c>y · Stride - Pad</c> on, <paramref name="Extent"/> of
/// them; those outside count as padding.
/// </summary>
/// <param name="Rows">Rows of the result.</param>
/// <param name="SourceRows">Rows of the image that is read.</param>
public readonly record struct RowReach(int Rows, int SourceRows, int Stride, int Pad, int Extent)
{
    /// <summary>How many rows of the image, from its first, are read by the first <paramref name="rows"/> rows of the result.</summary>
    public int End(int rows) => rows == 0 ? 0 : Math.Clamp((rows - 1) * Stride - Pad + Extent, 0, SourceRows);

    /// <summary>The first row of the image that row <paramref name="row"/> of the result reads.</summary>
    public int First(int row) => Math.Max(0, row * Stride - Pad);

    /// <summary>True if every row is read, from the first on, and the windows of neighbouring rows leave none between them.</summary>
    public bool IsWhole => Pad >= 0 && Extent >= Stride && End(Rows) == SourceRows;

    /// <summary>The reach of a kernel whose rows are those of its geometry; null where a kernel has no rows of its own.</summary>
    public static RowReach? Of(Kernel kernel) => kernel is WindowKernel { Geometry: { Batch: 1 } g }
        ? new(g.OutHeight, g.Height, g.StrideY, g.PadTop, (g.KernelHeight - 1) * g.DilationY + 1)
        : null;

    /// <summary>The reach of a step that computes each row from the same row of its operands.</summary>
    public static RowReach Pointwise(int rows) => new(rows, rows, 1, 0, 1);

    /// <summary>
    /// How many elements of an operand lie between what one row of the result needs and what the next one does (for a window: between two
    /// rows of the image); null if the kernel cannot compute its rows by themselves.
    /// </summary>
    /// <param name="rows">Rows of the result. A kernel without rows of its own is cut into as many equal parts.</param>
    public static int? Pitch(Kernel kernel, int operand, int rows) => kernel switch
    {
        WindowKernel { Geometry: { Batch: 1 } g } when g.OutHeight == rows => g.Width * g.Channels,
        MatmulKernel { Weights: not null, Geometry: { Batch: 1 } g } when g.Rows % rows == 0 => g.Rows / rows * g.Inner,
        TableKernel k when k.Count % rows == 0 => k.Count / rows,
        ConvertKernel k when k.Count % rows == 0 => k.Count / rows,
        MapKernel { Geometry: { Extents: [var first, ..] } g } when first % rows == 0 => first / rows * g.Strides[operand][0],
        MoveKernel { Fill: null, Copies: [var copy] } when OuterLoop(copy) is { } outer && outer.Extent % rows == 0 => outer.Extent / rows * outer.SourceStride,
        _ => null,
    };

    /// <summary>True if a step without rows of its own reads that operand element by element in the order in which it writes.</summary>
    public static bool ReadsInOrder(Kernel kernel, int operand) => kernel switch
    {
        MatmulKernel or TableKernel or ConvertKernel => operand == 0,
        MapKernel { Geometry: var g } => IsDense(g.Extents, g.Strides[operand]),
        _ => false,
    };

    // Whole results alone, in their order.
    private static (int Extent, int SourceStride)? OuterLoop(StridedCopy copy)
    {
        int axis = Array.FindIndex(copy.Extents, extent => extent != 1);
        return axis >= 0 && copy.TargetOffset == 0 && IsDense(copy.Extents, copy.TargetStrides) ? (copy.Extents[axis], copy.SourceStrides[axis]) : null;
    }

    private static bool IsDense(int[] extents, int[] strides)
    {
        int dense = 1;
        for (int axis = extents.Length - 1; axis >= 0; axis--)
        {
            if (extents[axis] != 1 && strides[axis] != dense)
                return false;
            dense *= extents[axis];
        }

        return true;
    }
}
