using System.Collections.Immutable;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>A channel of a stored value.</summary>
internal readonly record struct Channel(string Value, int Index);

/// <summary>
/// A value that moves have made of channels of stored values: which of its axes are those of the images, and which number their
/// channels. <c>[N,C,H,W]</c> may be reshaped to <c>[N,2,C/2,H,W]</c>, transposed, cut and joined along those axes, and reshaped
/// back; what comes out is again a list of channels.
/// </summary>
/// <param name="Image">The shape of the stored values, but for the extent of <paramref name="Axis"/>.</param>
/// <param name="Axis">Their axis of channels.</param>
/// <param name="Axes">For each axis of the value, the axis of the image it is, or -1 if it numbers channels or has extent 1.</param>
/// <param name="Channels">In row-major order of the axes that number channels.</param>
internal sealed record ChannelView(Shape Image, int Axis, ImmutableArray<(int Image, int Extent)> Axes, ImmutableArray<Channel> Channels)
{
    /// <summary>The view of a stored value itself.</summary>
    public static ChannelView Of(string value, Shape shape, int axis) => new(
        shape,
        axis,
        [.. shape.Select((extent, i) => (i == axis || extent == 1 ? -1 : i, extent))],
        [.. Enumerable.Range(0, shape[axis]).Select(c => new Channel(value, c))]);

    /// <summary>True if the value is again an image with its channels along the same axis.</summary>
    public bool IsImage
    {
        get
        {
            int[] wanted = [.. Enumerable.Range(0, Image.Rank).Select(i => i == Axis ? Channels.Length : Image[i])];
            int[] order = [.. Axes.Where(axis => axis.Image >= 0 || axis.Extent > 1).Select(axis => axis.Image < 0 ? Axis : axis.Image)];
            return Axes.Select(axis => axis.Extent).SequenceEqual(wanted) && order.SequenceEqual(order.Distinct().Order());
        }
    }

    public ChannelView Transpose(IReadOnlyList<int> permutation)
    {
        int[] places = [.. permutation.Where(axis => Axes[axis].Image < 0)];
        int[] strides = Strides();
        IEnumerable<int> sources = [0];
        foreach (int axis in places)
            sources = sources.SelectMany(at => Enumerable.Range(0, Axes[axis].Extent).Select(i => at + i * strides[axis]));
        return this with { Axes = [.. permutation.Select(axis => Axes[axis])], Channels = [.. sources.Select(at => Channels[at])] };
    }

    /// <summary>Null if an axis of the image would be split or joined with another.</summary>
    public ChannelView? Reshape(IReadOnlyList<int> shape)
    {
        var axes = ImmutableArray.CreateBuilder<(int, int)>();
        int at = 0;
        for (int i = 0; i < Axes.Length || at < shape.Count;)
        {
            int from = i, to = at;
            long before = 1, after = 1;
            for (; i < Axes.Length && Axes[i].Image < 0; i++)
                before *= Axes[i].Extent;
            for (; at < shape.Count && (after < before || shape[at] == 1); at++)
            {
                after *= shape[at];
                axes.Add((-1, shape[at]));
            }

            if (after != before)
                return null;
            if (i < Axes.Length)
            {
                if (at == shape.Count || shape[at] != Axes[i].Extent)
                    return null;
                axes.Add(Axes[i]);
                (i, at) = (i + 1, at + 1);
            }

            if (from == i && to == at)
                return null;
        }

        return this with { Axes = axes.ToImmutable() };
    }

    /// <summary>The given places of an axis; null if it is one of the image.</summary>
    public ChannelView? Select(int axis, IReadOnlyList<int> places)
    {
        if (Axes[axis].Image >= 0)
            return null;
        int stride = Strides()[axis], extent = Axes[axis].Extent;
        int outer = Channels.Length / (extent * stride);
        return this with
        {
            Axes = Axes.SetItem(axis, (-1, places.Count)),
            Channels = [.. Enumerable.Range(0, outer).SelectMany(o => places.SelectMany(p => Channels.Skip((o * extent + p) * stride).Take(stride)))],
        };
    }

    /// <summary>Null if the parts are of different images, or the axis is one of the image.</summary>
    public static ChannelView? Concat(IReadOnlyList<ChannelView> parts, int axis)
    {
        ChannelView first = parts[0];
        Shape image = first.Image.With(first.Axis, 1);
        if (first.Axes[axis].Image >= 0 || parts.Any(part => part.Axis != first.Axis || part.Image.With(part.Axis, 1) != image || !part.Others(axis).SequenceEqual(first.Others(axis))))
            return null;
        int outer = 1;
        for (int i = 0; i < axis; i++)
            outer *= first.Axes[i].Image < 0 ? first.Axes[i].Extent : 1;
        return first with
        {
            Axes = first.Axes.SetItem(axis, (-1, parts.Sum(part => part.Axes[axis].Extent))),
            Channels = [.. Enumerable.Range(0, outer).SelectMany(o => parts.SelectMany(part => part.Channels.Skip(o * (part.Channels.Length / outer)).Take(part.Channels.Length / outer)))],
        };
    }

    private IEnumerable<(int, int)> Others(int axis) => Axes.Where((_, i) => i != axis);

    // By axis of the value, in channels.
    private int[] Strides()
    {
        var strides = new int[Axes.Length];
        int stride = 1;
        for (int i = Axes.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= Axes[i].Image < 0 ? Axes[i].Extent : 1;
        }

        return strides;
    }
}
