using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>
/// Replaces the offsets of each tap by one number for each pixel and offset group that scales the centred grid of taps (CoDeNet, §3: "square
/// shape"): the samples then lie on as many rows as the kernel has. s is the least-squares fit, s = Σ grid·d / Σ grid², which is linear, so
/// that it goes into the convolution that computes the offsets. It changes the result unless the offsets were such a grid.
/// <code>
///   %o = conv(%x, #w18, #b18)               =>    %s = conv(%x, #w1, #b1)
///   %y = deform-conv(%x, #w, #b, %o)              %y = deform-conv(%x, #w, #b, %s) {square=1}
/// </code>
/// Offsets that are no convolution's are fitted by a 1x1 convolution. Kernels of even extent, or of one tap, stay as they are.
/// </summary>
public sealed record DeformSquare : Pass
{
    public static readonly PassDef Def = new(
        "deform-square", "Replaces free offsets by one scale of the grid for each pixel. Changes the result.", _ => new DeformSquare());

    public override string Name => "deform-square";

    public override Level Accepts => Level.Canonical;

    public override bool KeepsMeaning => false;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            if (node.Op is not DeformConv { BiasThird: true, Square: false } op || !Fit(editor, node, op))
                editor.Keep(node);
        }

        return editor.Finish(null, new Identity());
    }

    private static bool Fit(GraphEditor editor, Node node, DeformConv op)
    {
        Shape kernel = editor.TypeOf(node.Inputs[1]).Shape;
        (int height, int width) = op.ChannelsLast ? (kernel[1], kernel[2]) : (kernel[2], kernel[3]);
        if (height % 2 == 0 || width % 2 == 0 || height * width == 1)
            return false;
        string offsets = node.Inputs[DeformEdit.Offsets];
        float[] grid = Grid(height, width);
        TensorType type = editor.TypeOf(offsets);
        Shape shape = op.ChannelsLast ? [.. type.Shape.SkipLast(1), op.OffsetGroups] : [type.Shape[0], op.OffsetGroups, type.Shape[2], type.Shape[3]];
        string scale = editor.Producer(offsets) is { Op: Conv { Activation.IsNone: true, Groups: 1 } conv } producer && conv.ChannelsLast == op.ChannelsLast
            && editor.ConstantOf(producer.Inputs[1]) is { } weights && (!producer.HasInput(2) || editor.ConstantOf(producer.Inputs[2]) is not null)
            ? editor.Add(
                offsets, conv,
                [
                    producer.Inputs[0], editor.AddConstant(producer.Inputs[1], Fitted(weights, grid)),
                    .. producer.HasInput(2) ? [editor.AddConstant(producer.Inputs[2], Fitted(editor.ConstantOf(producer.Inputs[2])!, grid))] : Array.Empty<string>(),
                ],
                producer.Origin, type with { Shape = shape })
            : editor.Add(
                offsets, DeformEdit.Pointwise(op.ChannelsLast, Activation.None), [offsets, editor.AddConstant($"{offsets}_fit", Fit(grid, op))], node.Origin, type with { Shape = shape });
        editor.Replace(node, op with { Square = true }, node.Inputs.SetItem(DeformEdit.Offsets, scale));
        return true;
    }

    // Pairs (y, x) of the taps' places, over the sum of their squares.
    private static float[] Grid(int height, int width)
    {
        float[] places = [.. Enumerable.Range(0, 2 * height * width).Select(i => (float)(i % 2 == 0 ? i / 2 / width - height / 2 : i / 2 % width - width / 2))];
        float squares = places.Sum(place => place * place);
        return [.. places.Select(place => place / squares)];
    }

    // Rows of an output each: those of a group are added up, each times its place.
    private static Tensor Fitted(Tensor rows, float[] grid)
    {
        int groups = rows.Shape[0] / grid.Length, length = rows.Count / rows.Shape[0];
        var fitted = new float[groups * length];
        ReadOnlySpan<float> source = rows.Span<float>();
        for (int row = 0; row < rows.Shape[0]; row++)
        {
            for (int i = 0; i < length; i++)
                fitted[row / grid.Length * length + i] += grid[row % grid.Length] * source[row * length + i];
        }

        return Tensor.Of([groups, .. rows.Shape.Skip(1)], fitted);
    }

    private static Tensor Fit(float[] grid, DeformConv op)
    {
        int inputs = op.OffsetGroups * grid.Length;
        var weights = new float[op.OffsetGroups * inputs];
        for (int group = 0; group < op.OffsetGroups; group++)
            grid.CopyTo(weights, group * inputs + group * grid.Length);
        return Tensor.Of(op.ChannelsLast ? [op.OffsetGroups, 1, 1, inputs] : [op.OffsetGroups, inputs, 1, 1], weights);
    }
}
