using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes.Selections;

/// <summary>Where a scatter puts the rows of a selection: data as [Before, Extent, After], and for each row a place along the middle.</summary>
internal sealed record RowTargets(int Before, int Extent, int After, int[] Places)
{
    /// <summary>Those of a scatter of whole rows; null if it scatters anything else.</summary>
    /// <param name="axis">Of the indices, counting rows.</param>
    public static RowTargets? Of(ScatterOperator scatter, Shape data, Tensor indices, int axis) => scatter switch
    {
        ScatterElements elements => Along(elements, data, indices, axis),
        ScatterND when indices.Shape.Rank >= 2 && indices.Shape[^1] <= data.Rank && indices.Shape[axis] * indices.Shape[^1] == indices.Count => Tuples(data, indices),
        _ => null,
    };

    /// <summary>The axes of a mask whose positions are the places, in the order in which they count them; null if there are none such.</summary>
    public int[]? AxesOf(Shape mask) => Find(mask, [.. Enumerable.Range(0, mask.Rank).Where(axis => mask[axis] != 1)], []);

    private int[]? Find(Shape mask, int[] left, int[] axes)
    {
        int count = axes.Aggregate(1, (product, axis) => product * mask[axis]);
        if (count == Extent && Counts(mask, axes, 1))
            return axes;
        if (count == 0 || count >= Extent || Extent % count != 0 || !Counts(mask, axes, Extent / count))
            return null; // no axes behind these can mend it
        foreach (int axis in left)
        {
            if (Find(mask, [.. left.Where(other => other != axis)], [.. axes, axis]) is { } found)
                return found;
        }

        return null;
    }

    // Whether the axes count blocks of that many places.
    private bool Counts(Shape mask, int[] axes, int block)
    {
        int[] strides = mask.Strides();
        for (int i = 0; i < Places.Length; i++)
        {
            int place = 0;
            foreach (int axis in axes)
                place = place * mask[axis] + i / strides[axis] % mask[axis];
            if (place != Places[i] / block)
                return false;
        }

        return true;
    }

    private static RowTargets? Along(ScatterElements scatter, Shape data, Tensor indices, int axis)
    {
        int along = Extents.Axis(scatter.Axis, data.Rank), rows = indices.Shape[axis];
        if (along != axis || data.With(along, rows) != indices.Shape)
            return null;
        int before = data.Product(0, axis), after = data.Product(axis + 1, data.Rank);
        int[] all = [.. Enumerable.Range(0, indices.Count).Select(i => TensorIndex.Of(indices.Integer(i), data[axis]))];
        int[] places = [.. Enumerable.Range(0, rows).Select(row => all[row * after])];
        for (int i = 0; i < all.Length; i++)
        {
            if (all[i] != places[i / after % rows])
                return null;
        }

        return new(before, data[axis], after, places);
    }

    private static RowTargets Tuples(Shape data, Tensor indices)
    {
        int width = indices.Shape[^1], rows = indices.Count / Math.Max(1, width);
        var places = new int[rows];
        for (int i = 0; i < indices.Count; i++)
            places[i / width] = places[i / width] * data[i % width] + TensorIndex.Of(indices.Integer(i), data[i % width]);
        return new(1, data.Product(0, width), data.Product(width, data.Rank), places);
    }
}
