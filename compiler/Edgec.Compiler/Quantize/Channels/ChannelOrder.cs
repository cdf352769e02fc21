using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Quantize.Channels;

/// <summary>An axis of a value in another order.</summary>
/// <param name="Order">Where each index of the axis was before.</param>
internal sealed record ChannelOrder(int Axis, EquatableArray<int> Order)
{
    /// <summary>The order of an axis each index of which has become a block of <paramref name="inner"/>, the whole <paramref name="repeats"/> times.</summary>
    public EquatableArray<int> Blocks(int repeats, int inner)
    {
        var blocks = new int[repeats * Order.Count * inner];
        for (int i = 0; i < blocks.Length; i++)
        {
            int channel = i / inner;
            blocks[i] = ((channel / Order.Count * Order.Count) + Order[channel % Order.Count]) * inner + i % inner;
        }

        return [.. blocks];
    }

    /// <summary>The order that the elements have in another shape; null if it is not one of a single axis there.</summary>
    public ChannelOrder? Through(Shape from, Shape to)
    {
        int inner = from.Product(Axis + 1, from.Rank);
        for (int axis = 0; axis < to.Rank; axis++)
        {
            int behind = to.Product(axis + 1, to.Rank);
            if (inner % behind == 0 && to[axis] * behind % (Order.Count * inner) == 0)
                return new(axis, Blocks(to[axis] * behind / (Order.Count * inner), inner / behind));
        }

        return null;
    }

    /// <summary>What a constant has at some indices of an axis, in their order, and the scales of these.</summary>
    public static (Tensor Values, Quantization? Quantization) Take(Tensor constant, Quantization? quantization, int axis, ReadOnlySpan<int> indices)
    {
        Tensor source = constant.Unpacked;
        Shape shape = source.Shape.With(axis, indices.Length);
        Tensor taken = Tensor.Zeros(source.Element, shape);
        int bytes = source.Shape.Product(axis + 1, shape.Rank) * source.Element.SizeOf(), outer = source.Shape.Product(0, axis);
        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < indices.Length; i++)
                source.Bytes.Slice((o * source.Shape[axis] + indices[i]) * bytes, bytes).CopyTo(taken.WritableBytes.Slice((o * indices.Length + i) * bytes, bytes));
        }

        if (constant.Element == ElementType.I4)
            taken = Tensor.PackI4(shape, taken.Span<sbyte>());
        return (taken, quantization?.Axis == axis ? Take(quantization, indices) : quantization);
    }

    private static Quantization Take(Quantization all, ReadOnlySpan<int> indices)
    {
        var scales = new List<double>();
        var zeros = new List<int>();
        var multipliers = new List<int>();
        int groups = all.Groups is null ? 0 : all.Groups.Multipliers.Count / all.Scales.Count;
        foreach (int index in indices)
        {
            scales.Add(all.Scales[index]);
            zeros.Add(all.Zeros[index]);
            if (groups > 0)
                multipliers.AddRange(all.Groups!.Multipliers.Skip(index * groups).Take(groups));
        }

        return all with { Scales = [.. scales], Zeros = [.. zeros], Groups = groups > 0 ? all.Groups! with { Multipliers = [.. multipliers] } : null };
    }
}
