using System.Collections.Immutable;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// Interpolation by a whole factor as integer kernels can do it. Output pixels at the same place within their block have the
/// same weights, so each place is one filter of a depthwise convolution:
/// <code>
///   %y = resize(%x) {mode=linear, scales=[1,1,2,2]}
///   =>  %p = pad(%x) {mode=edge}; %f = conv(%p, #filters) {group=C}; %y = depth-to-space(%f) {mode=CRD}
/// </code>
/// </summary>
internal static class ResizeConvolution
{
    // Beyond this the filters outgrow the matrices that do the same.
    private const int MaxPlaces = 64;

    /// <summary>The value that replaces a resize; null if it is not one of this kind.</summary>
    public static ImmutableArray<string>? Rewrite(ResizeSampling sampling, ResizeAxis[] axes, Canonicalizer context)
    {
        if (sampling.Mode == "nearest" || sampling.ExcludeOutside || axes.Length != 4 || axes[0].Input != axes[0].Output || axes[1].Input != axes[1].Output)
            return null;
        if (context.Type(0).Element != ElementType.F32 || Filters(sampling, axes[2]) is not { } rows || Filters(sampling, axes[3]) is not { } columns)
            return null;
        if (rows.Length * columns.Length > MaxPlaces)
            return null;
        int channels = axes[1].Input, height = rows[0].Length, width = columns[0].Length;
        var weights = new List<float>(channels * rows.Length * columns.Length * height * width);
        for (int c = 0; c < channels; c++)
            foreach (double[] row in rows)
                foreach (double[] column in columns)
                    weights.AddRange(row.SelectMany(r => column.Select(k => (float)(r * k))));
        string filters = context.AddConstant("filters", Tensor.Of([channels * rows.Length * columns.Length, 1, height, width], weights.ToArray()));
        int top = height / 2, left = width / 2;
        string padded = context.Add(new Pad([0, 0, top, left, 0, 0, top, left], "edge", 0), context.Input(0));
        var window = new WindowAttributes([height, width], [1, 1], [1, 1], [0, 0, 0, 0]);
        string filtered = context.Add(new Conv(window, channels, Activation.None, ChannelsLast: false), padded, filters);
        return [context.Add(new DepthToSpace(rows.Length, columns.Length, "CRD", false), filtered)];
    }

    /// <summary>For each place within a block the weights of the input around it, all of one odd length; null if they depend on the block.</summary>
    private static double[][]? Filters(ResizeSampling sampling, ResizeAxis axis)
    {
        if (axis.Input == 0 || axis.Output % axis.Input != 0 || axis.Scale != axis.Output / axis.Input)
            return null;
        bool shifts = sampling.Transformation is "half_pixel" or "half_pixel_symmetric" or "pytorch_half_pixel" or "asymmetric" or "tf_half_pixel_for_nn";
        if (!shifts || (sampling.Transformation == "pytorch_half_pixel" && axis.Output == 1))
            return axis.Scale == 1 ? [[1]] : null;
        int factor = axis.Output / axis.Input;
        const int reach = 4;
        var filters = new double[factor][];
        // Seen from the middle of an axis long enough for all taps.
        var roomy = new ResizeAxis(2 * reach + 1, (2 * reach + 1) * factor, factor, 0, 1);
        int used = 0;
        for (int place = 0; place < factor; place++)
        {
            (int first, double[] taps) = sampling.Taps(reach * factor + place, roomy)!.Value;
            filters[place] = new double[2 * reach + 1];
            for (int t = 0; t < taps.Length; t++)
            {
                filters[place][first + t] = taps[t];
                if (taps[t] != 0)
                    used = Math.Max(used, Math.Abs(first + t - reach));
            }
        }

        return [.. filters.Select(filter => filter[(reach - used)..(reach + used + 1)])];
    }
}
