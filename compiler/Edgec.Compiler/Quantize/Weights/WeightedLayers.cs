using Edgec.Ir;
using Edgec.Ops;

namespace Edgec.Quantize.Weights;

/// <summary>The layers that multiply by constants.</summary>
public static class WeightedLayers
{
    /// <summary>Which input of a node holds constant weights; null if none does.</summary>
    public static int? WeightInput(Graph graph, Node node)
    {
        if (node.Op is not Operator op)
            return null;
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            if (node.HasInput(i) && op.RoleOf(i) is WeightRole && graph.ConstantOf(node.Inputs[i]) is not null)
                return i;
        }

        return null;
    }

    /// <summary>How many output channels the constant weights of a node have; 0 without such.</summary>
    public static int Rows(Graph graph, Node node) => WeightInput(graph, node) is { } input && ((Operator)node.Op).RoleOf(input) is WeightRole role
        ? graph.TypeOf(node.Inputs[input]).Shape[role.Axis]
        : 0;

    /// <summary>The layers with weights that no other such layer comes before, and those that none comes after.</summary>
    public static HashSet<Node> Ends(Graph graph)
    {
        HashSet<Node> weighted = [.. graph.Nodes.Where(node => WeightInput(graph, node) is not null)];
        var behind = new HashSet<string>(); // values that depend on a weighted layer
        var before = new HashSet<string>(); // values a weighted layer depends on
        var ends = new HashSet<Node>();
        foreach (Node node in graph.Nodes)
        {
            bool first = !node.Inputs.Any(behind.Contains);
            if (first && weighted.Contains(node))
                ends.Add(node);
            if (!first || weighted.Contains(node))
                behind.UnionWith(node.Outputs.Where(o => o.Length > 0));
        }

        foreach (Node node in graph.Nodes.Reverse())
        {
            bool last = !node.Outputs.Any(before.Contains);
            if (last && weighted.Contains(node))
                ends.Add(node);
            if (!last || weighted.Contains(node))
                before.UnionWith(node.Inputs.Where(i => i.Length > 0));
        }

        return ends;
    }
}
