using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>
/// Takes a product with constants along the channels into the weights of the convolution behind it, and a sum into its
/// bias where no window reaches over the edge: padding is 0 behind the sum, not before it.
/// <code>
///   %m = mul(%x, #f)          =>    %y = conv(%x, #w·f, #b)
///   %y = conv(%m, #w, #b)
/// </code>
/// Not where %m has another reader or a clamp.
/// </summary>
public sealed record FuseInputScale : Pass
{
    public static readonly PassDef Def = new(
        "fuse-input-scale", "Takes a scaling of channels into the weights of the convolution behind it.", _ => new FuseInputScale());

    public override string Name => "fuse-input-scale";

    public override Level Accepts => Level.Canonical;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            Node current = node;
            while (Fused(editor, graph, current) is { } next)
                current = next;
            if (ReferenceEquals(current, node))
                editor.Keep(node);
            else
                editor.Replace(node, current.Op, current.Inputs, current.Origin);
        }

        return editor.Finish(null, new Identity());
    }

    private static Node? Fused(GraphEditor editor, Graph graph, Node node)
    {
        if (node.Op is not Conv { ChannelsLast: false } conv || editor.ConstantOf(node.Inputs[1]) is not { } weights
            || !graph.HasSingleUse(node.Inputs[0]) || graph.Producer(node.Inputs[0]) is not { Op: Binary { Activation.IsNone: true } binary } before
            || (node.HasInput(2) && editor.ConstantOf(node.Inputs[2]) is null))
            return null;
        TensorType x = editor.TypeOf(node.Inputs[0]);
        if (PerChannel.Affine(binary, before.Inputs, editor.ConstantOf, x.Shape, axis: 1) is not { } affine
            || editor.TypeOf(before.Inputs[affine.Input]) != x
            || (affine.Addend.Any(a => a != 0) && (conv.Window.AutoPad != "NOTSET" || conv.Window.Pads.Any(p => p != 0))))
            return null;

        int perGroup = weights.Shape[1], window = weights.Shape.Product(2, weights.Shape.Rank), filters = weights.Shape[0] / conv.Groups;
        int InputChannel(int element) => element / (perGroup * window) / filters * perGroup + element / window % perGroup;
        Tensor? bias = node.HasInput(2) ? editor.ConstantOf(node.Inputs[2]) : null;
        var shift = new double[weights.Shape[0]];
        for (int i = 0; i < weights.Count; i++)
            shift[i / (perGroup * window)] += weights.Number(i) * affine.Addend[InputChannel(i)];
        string scaled = editor.AddConstant(node.Inputs[1], PerChannel.Scale(weights, affine.Factor, InputChannel));
        bool biased = bias is not null || shift.Any(s => s != 0);
        ImmutableArray<string> inputs = [before.Inputs[affine.Input], scaled];
        if (biased)
        {
            double[] ones = [.. shift.Select(_ => 1.0)];
            inputs = inputs.Add(editor.AddConstant(bias is null ? $"{node.Output}_bias" : node.Inputs[2], PerChannel.Shift(bias, ones, shift)));
        }

        return node.With(inputs: inputs, origin: before.Origin.Union(node.Origin));
    }
}
