using Edgec.Ir;
using Edgec.Ops;

namespace Edgec.Passes.Selections;

/// <summary>
/// Looks for models that compute with the number of rows that are selected at run time. As a shape of such rows it may be used, and of numbers that
/// lie beside them.
/// </summary>
internal static class RowCounts
{
    /// <summary>The code of everything that stands in the way of selecting rows at run time.</summary>
    public const string Code = "EC2012";

    /// <summary>The first node that computes with a number of rows; null if there is none.</summary>
    /// <param name="selections">The nodes that select at run time.</param>
    /// <param name="computed">Values that depend on the graph's inputs.</param>
    public static (Node Node, OperatorException Fault)? Fault(Graph graph, HashSet<Node> selections, HashSet<string> computed)
    {
        var rows = new HashSet<string>();
        var fills = new HashSet<string>(); // as many rows as are selected, of a number or a value that is no such row
        var sizes = new HashSet<string>();
        foreach (Node node in graph.Nodes)
        {
            string[] outputs = [.. node.Outputs.Where(output => output.Length > 0)];
            if (selections.Contains(node))
            {
                rows.UnionWith(outputs);
                continue;
            }

            int[] counts = [.. Enumerable.Range(0, node.Inputs.Length).Where(i => sizes.Contains(node.Inputs[i]))];
            bool behind = node.Op is ScatterOperator ? rows.Contains(node.Inputs[0]) : node.Inputs.Any(rows.Contains);
            if (counts.Length > 0 && !(node.Op is Reshape or Expand && counts is [1]) && !(node.Op is ConstantOfShape))
            {
                if (node.Inputs.Any(input => computed.Contains(input)) || outputs.Any(graph.IsOutput))
                    return (node, new(Code, "It computes with the number of rows that are selected when the model runs, which compiled programs do not count. Compute without it, or with a number that is known."));
                sizes.UnionWith(outputs);
            }
            else if (!behind && (counts.Length > 0 || node.Inputs.Any(fills.Contains)) && node.Op is not (ScatterOperator or ShapeOf or SizeOf))
            {
                if (node.Op is Reduce || outputs.Any(graph.IsOutput) || node.Inputs.Any(input => computed.Contains(input) && !fills.Contains(input)))
                    return (node, new(Code, "It fills as many rows as are selected when the model runs, and none of those lie beside them. Fill as many rows as there are to select from."));
                fills.UnionWith(outputs);
            }
            else if ((behind || node.Inputs.Any(fills.Contains)) && node.Op is ShapeOf or SizeOf)
            {
                sizes.UnionWith(outputs);
            }
            else if (behind || counts.Length > 0)
            {
                rows.UnionWith(outputs);
            }
        }

        return null;
    }
}
