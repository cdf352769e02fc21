using Edgec.Ir;
using Edgec.Ops;

namespace Edgec.Passes;

/// <summary>What the passes on deformable convolutions share.</summary>
internal static class DeformEdit
{
    /// <summary>The input with the offsets.</summary>
    public const int Offsets = 3;

    /// <summary>Another operator for each deformable convolution that the edit changes.</summary>
    public static Graph Each(Graph graph, Func<DeformConv, DeformConv> edit)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            if (node.Op is DeformConv { BiasThird: true } op && edit(op) is var edited && edited != op)
                editor.Replace(node, edited, node.Inputs);
            else
                editor.Keep(node);
        }

        return editor.Finish(null, new Identity());
    }

    /// <summary>A 1x1 convolution without bias.</summary>
    public static Conv Pointwise(bool channelsLast, Activation activation) =>
        new(new([1, 1], [1, 1], [1, 1], [0, 0, 0, 0]), 1, activation, channelsLast);
}
