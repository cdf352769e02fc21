using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Quantize.Weights;

/// <summary>A convolution, a dense layer, or that of experts, as rows of weights that meet rows of inputs: what the choice of integers looks at.</summary>
/// <param name="Weights">f32 [Outputs, ...], the rows of which have <paramref name="Inner"/> weights.</param>
/// <param name="Groups">Groups of outputs that see inputs of their own: the channels of a convolution's group, the rows that choose an expert.</param>
/// <param name="Window">Of a convolution; null for a matrix product.</param>
public sealed record WeightedLayer(Node Node, Tensor Weights, int Outputs, int Inner, int Groups, WindowGeometry? Window)
{
    /// <summary>The layer of a node; null if it has no constant weights, or of a form that has no rows.</summary>
    public static WeightedLayer? Of(Graph graph, Node node)
    {
        if (WeightedLayers.WeightInput(graph, node) is not 1 || graph.ConstantOf(node.Inputs[1]) is not { Element: ElementType.F32 } weights)
            return null;
        Shape w = weights.Shape;
        return (node.Op is Branched branched ? branched.Layer : node.Op) switch
        {
            Conv { ChannelsLast: true } conv when w.Rank == 4 => new(
                node, weights, w[0], w[1] * w[2] * w[3], conv.Groups, conv.Window.Geometry(graph.TypeOf(node.Inputs[0]).Shape, w[0], [w[1], w[2]], conv.Groups)),
            MatMul { TransposeB: true } when w.Rank == 2 => new(node, weights, w[0], w[1], 1, null),
            ExpertMatMul op when w.Rank == 2 => new(node, weights, w[0], w[1], op.Experts, null),
            _ => null,
        };
    }

    /// <summary>The group of inputs an output sees.</summary>
    public int GroupOf(int output) => output / (Outputs / Groups);

    /// <summary>The weights of an output.</summary>
    public ReadOnlySpan<float> Row(int output) => Weights.Span<float>().Slice(output * Inner, Inner);

    /// <summary>How many rows of inputs one sample has.</summary>
    public long Rows(Tensor x) => Window is { } g ? (long)g.Batch * g.OutHeight * g.OutWidth : x.Count / Math.Max(1, Inner);

    /// <summary>The rows of inputs that each group sees; null if all see all of them.</summary>
    /// <param name="indices">Which experts each row has chosen.</param>
    public int[][]? RowsOfGroups(Tensor x, Tensor? indices)
    {
        if (indices is null)
            return null;
        var rows = new List<int>[Groups];
        for (int group = 0; group < Groups; group++)
            rows[group] = [];
        int choices = (int)(indices.Count / Math.Max(1, Rows(x)));
        for (int i = 0; i < indices.Count; i++)
        {
            long index = indices.Integer(i); // as the kernel reads it: see docs/numerics.md, Selection
            rows[Math.Clamp(index < 0 ? index + Groups : index, 0, Groups - 1)].Add(i / Math.Max(1, choices));
        }

        return [.. rows.Select(list => list.ToArray())];
    }

    /// <summary>One row of inputs of a group; positions outside an image are 0.</summary>
    public void Gather(Tensor x, long row, int group, Span<float> target)
    {
        ReadOnlySpan<float> values = x.Span<float>();
        if (Window is not { } g)
        {
            values.Slice((int)(row * Inner), Inner).CopyTo(target);
            return;
        }

        int channels = g.Channels / g.Groups, at = 0;
        for (int ky = 0; ky < g.KernelHeight; ky++)
        {
            for (int kx = 0; kx < g.KernelWidth; kx++, at += channels)
            {
                Span<float> part = target.Slice(at, channels);
                if (g.TryPixel((int)(row / g.OutWidth), (int)(row % g.OutWidth), ky, kx, out int pixel))
                    values.Slice(pixel * g.Channels + group * channels, channels).CopyTo(part);
                else
                    part.Clear();
            }
        }
    }
}
