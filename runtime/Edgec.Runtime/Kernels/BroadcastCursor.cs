namespace Edgec.Runtime.Kernels;

/// <summary>Walks one operand of an element-wise loop nest: its offsets for output elements 0, 1, 2, ….</summary>
public struct BroadcastCursor(BroadcastGeometry geometry, int operand)
{
    private readonly int[] extents = geometry.Extents;
    private readonly int[] strides = geometry.Strides[operand];
    private readonly int[] index = new int[geometry.Extents.Length];
    private int offset;

    /// <summary>The operand's offset for the current output element; then moves on to the next.</summary>
    public int Next()
    {
        int current = offset;
        for (int axis = extents.Length - 1; axis >= 0; axis--)
        {
            offset += strides[axis];
            if (++index[axis] < extents[axis])
                break;
            offset -= strides[axis] * extents[axis];
            index[axis] = 0;
        }

        return current;
    }
}
