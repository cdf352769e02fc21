using Edgec.Runtime;

namespace Edgec.Kernels;

/// <summary>
/// Tensors as a target stores them: row-major, each row (the last axis) padded to a multiple of <c>lanes</c> elements so
/// that it starts at a memory word. With one lane tensors are dense.
/// </summary>
public static class Storage
{
    /// <summary>Elements from one row to the next.</summary>
    public static int Pitch(Shape shape, int lanes) => shape.Rank == 0 ? lanes : (shape[^1] + lanes - 1) / lanes * lanes;

    /// <summary>Elements of a row.</summary>
    public static int Extent(Shape shape) => shape.Rank == 0 ? 1 : shape[^1];

    /// <summary>Number of rows.</summary>
    public static long Rows(Shape shape) => shape.Rank == 0 ? 1 : shape[^1] == 0 ? 0 : shape.ElementCount / shape[^1];

    /// <summary>Elements with padding.</summary>
    public static long Count(Shape shape, int lanes) => Rows(shape) * Pitch(shape, lanes);

    /// <summary>Strides in elements, padding counted.</summary>
    public static int[] Strides(Shape shape, int lanes)
    {
        var strides = new int[shape.Rank];
        int stride = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= axis == shape.Rank - 1 ? Pitch(shape, lanes) : shape[axis];
        }

        return strides;
    }

    /// <summary>True if the same bytes hold both shapes: a reshape then costs nothing.</summary>
    public static bool SameLayout(Shape a, Shape b, int lanes)
    {
        if (a.ElementCount != b.ElementCount)
            return false;
        if (lanes == 1 || Rows(a) == Rows(b))
            return true;
        return a.Rank > 0 && b.Rank > 0 && a[^1] % lanes == 0 && b[^1] % lanes == 0;
    }
}
