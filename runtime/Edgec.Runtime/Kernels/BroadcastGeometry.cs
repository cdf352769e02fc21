namespace Edgec.Runtime.Kernels;

/// <summary>
/// An element-wise loop nest over a dense output of the given extents; operand i advances by <c>Strides[i][axis]</c>
/// elements (0 where it is broadcast). Neighbouring axes are already merged where every operand allows it.
/// </summary>
public sealed record BroadcastGeometry(int[] Extents, int[][] Strides)
{
    /// <summary>Number of output elements.</summary>
    public int Count => Extents.Aggregate(1, (product, extent) => product * extent);

    /// <summary>Iterations of the innermost loop; 1 where there is no loop.</summary>
    public int RowLength => Extents.Length == 0 ? 1 : Extents[^1];

    /// <summary>Iterations of all loops but the innermost.</summary>
    public int Rows => RowLength == 0 ? 0 : Count / RowLength;

    /// <summary>The element of an operand at which a row starts.</summary>
    public int RowOffset(int operand, int row)
    {
        int offset = 0;
        for (int axis = Extents.Length - 2; axis >= 0; axis--)
        {
            (row, int index) = Math.DivRem(row, Extents[axis]);
            offset += index * Strides[operand][axis];
        }

        return offset;
    }

    /// <summary>From one element of an operand to the next along a row.</summary>
    public int RowStep(int operand) => Extents.Length == 0 ? 0 : Strides[operand][^1];

    /// <summary>Where a row of the two operands of a binary function starts, and their steps.</summary>
    internal (int OffsetA, int StepA, int OffsetB, int StepB) Pair(int row) =>
        (RowOffset(0, row), RowStep(0), RowOffset(1, row), RowStep(1));

    /// <summary>The loop nest for numpy-style broadcasting of operand shapes to an output shape.</summary>
    public static BroadcastGeometry Of(Shape output, params ReadOnlySpan<Shape> operands)
    {
        int rank = output.Rank;
        var strides = new int[operands.Length][];
        for (int i = 0; i < operands.Length; i++)
        {
            strides[i] = new int[rank];
            int[] dense = operands[i].Strides();
            int lead = rank - operands[i].Rank;
            for (int axis = lead; axis < rank; axis++)
                strides[i][axis] = operands[i][axis - lead] == 1 ? 0 : dense[axis - lead];
        }

        var kept = new List<int>();
        var extents = new List<int>();
        for (int axis = 0; axis < rank; axis++)
        {
            if (output[axis] == 1)
                continue;
            if (kept.Count > 0 && Merges(strides, kept[^1], axis, output[axis]))
            {
                extents[^1] *= output[axis];
                kept[^1] = axis;
                continue;
            }

            kept.Add(axis);
            extents.Add(output[axis]);
        }

        return new([.. extents], [.. strides.Select(s => kept.Select(axis => s[axis]).ToArray())]);
    }

    private static bool Merges(int[][] strides, int outer, int inner, int innerExtent)
    {
        foreach (int[] s in strides)
        {
            if (s[outer] != s[inner] * innerExtent)
                return false;
        }

        return true;
    }
}
