using Edgec.Ir;

namespace Edgec.Quantize.Precision;

/// <summary>The names by which a <see cref="PrecisionPlan"/> may call the layers of a canonical graph.</summary>
public static class LayerNames
{
    /// <summary>All names of a layer: the values it computes, and the ONNX nodes it came from, each and together.</summary>
    public static IEnumerable<string> Of(Node node) =>
        node.Outputs.Where(o => o.Length > 0).Concat(node.Origin.Nodes).Append(node.Origin.ToString()).Distinct();

    /// <summary>For each layer a name that no other has: of its first ONNX node if that became this layer alone, else of its value.</summary>
    public static IReadOnlyDictionary<Node, string> Unique(Graph graph)
    {
        var owners = new Dictionary<string, int>();
        foreach (string name in graph.Nodes.SelectMany(Of))
            owners[name] = owners.GetValueOrDefault(name) + 1;
        return graph.Nodes.ToDictionary(
            node => node, node => node.Origin.Nodes.Append(node.Origin.ToString()).FirstOrDefault(name => owners[name] == 1) ?? node.Output);
    }
}
