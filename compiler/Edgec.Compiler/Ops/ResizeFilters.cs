using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// Interpolation by whole factors as filters, the same for every block of outputs: one for each place within it, over the input elements around the one
/// the block belongs to. The integers are those of <see cref="Resampling"/>.
/// </summary>
internal sealed class ResizeFilters
{
    private readonly int[][] rows;
    private readonly int[][] columns;

    private ResizeFilters(int[][] rows, int[][] columns, int unit) => (this.rows, this.columns, Unit) = (rows, columns, unit);

    /// <summary>What the weights of each filter add up to.</summary>
    public int Unit { get; }

    /// <summary>Filters of a channel.</summary>
    public int Places => rows.Length * columns.Length;

    /// <summary>Rows of a filter, an odd number.</summary>
    public int Height => rows[0].Length;

    /// <summary>Columns of a filter, an odd number.</summary>
    public int Width => columns[0].Length;

    /// <summary>The filters of two axes; null if they are no whole factors, depend on the block, or leave 8 bits.</summary>
    public static ResizeFilters? Of(ResizeSampling sampling, ResizeAxis height, ResizeAxis width)
    {
        if (!IsWhole(sampling, height) || !IsWhole(sampling, width))
            return null;
        ResampleTable ys = ResampleTable.Of(sampling, Roomy(height)), xs = ResampleTable.Of(sampling, Roomy(width));
        (Tensor rowWeights, Tensor columnWeights, int unit, _) = Resampling.Weights(ys, xs);
        if (unit != Resampling.Weights(ResampleTable.Of(sampling, height), ResampleTable.Of(sampling, width)).Unit)
            return null; // so short an axis needs no fractions
        var filters = new ResizeFilters(Middle(ys, rowWeights, Factor(height)), Middle(xs, columnWeights, Factor(width)), unit);
        return filters.rows.Max(Most) * filters.columns.Max(Most) <= sbyte.MaxValue ? filters : null;
    }

    /// <summary>i8[channels · places, height, width, 1], the places of a channel together.</summary>
    public Tensor Weights(int channels)
    {
        sbyte[] one = [.. rows.SelectMany(row => columns.SelectMany(column => row.SelectMany(r => column.Select(c => (sbyte)(r * c)))))];
        return Tensor.Of([channels * Places, Height, Width, 1], [.. Enumerable.Repeat(one, channels).SelectMany(w => w)]);
    }

    private const int Reach = 4; // elements on either side that a filter may look at

    private static int Factor(in ResizeAxis axis) => axis.Output / axis.Input;

    private static bool IsWhole(ResizeSampling sampling, in ResizeAxis axis)
    {
        if (axis.Input == axis.Output && axis.Scale == 1)
            return true;
        bool shifts = sampling.Transformation is "half_pixel" or "half_pixel_symmetric" or "pytorch_half_pixel" or "asymmetric" or "tf_half_pixel_for_nn";
        return shifts && !sampling.ExcludeOutside && axis.Output % axis.Input == 0 && axis.Scale == Factor(axis);
    }

    // An axis so long that the block in its middle sees no end of it.
    private static ResizeAxis Roomy(in ResizeAxis axis) => new(2 * Reach + 1, (2 * Reach + 1) * Factor(axis), Factor(axis), 0, 1);

    // The integers of the block in the middle, around its input element.
    private static int[][] Middle(ResampleTable table, Tensor weights, int factor)
    {
        var filters = new int[factor][];
        int used = 0;
        for (int place = 0; place < factor; place++)
        {
            filters[place] = new int[2 * Reach + 1];
            int output = Reach * factor + place, start = (int)table.Starts.Integer(output);
            for (int t = 0; t < table.Taps; t++)
            {
                int weight = (int)weights.Integer(output * table.Taps + t);
                filters[place][start + t] = weight;
                if (weight != 0)
                    used = Math.Max(used, Math.Abs(start + t - Reach));
            }
        }

        return [.. filters.Select(filter => filter[(Reach - used)..(Reach + used + 1)])];
    }

    private static int Most(int[] filter) => filter.Max(Math.Abs);
}
