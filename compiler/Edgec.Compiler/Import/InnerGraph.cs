using Edgec.Import.Proto;

namespace Edgec.Import;

/// <summary>Lays out graphs that nodes hold beside them, as nodes have no effect but their outputs.</summary>
/// <param name="flat">Where the nodes go.</param>
/// <param name="add">Adds a node whose values have their names in the flat graph, and what is inside it; the function gives the values around it their names.</param>
internal sealed class InnerGraph(FlatNodes flat, Func<ModelNode, Func<string, string>, bool> add)
{
    /// <summary>
    /// Names of a graph's constants in the flat graph, to which it adds them; null after a diagnostic.
    /// </summary>
    public Dictionary<string, string>? Constants(GraphProto body, string place, Opsets opsets)
    {
        var names = new Dictionary<string, string>();
        foreach (TensorProto initializer in body.Initializer)
        {
            string name = names[initializer.Name] = flat.Fresh($"{place}/{initializer.Name}");
            if (!flat.AddConstant($"{place}/{initializer.Name}", name, initializer, opsets))
                return null;
        }

        return names;
    }

    /// <summary>Adds the nodes of a graph.</summary>
    /// <param name="known">Names in the flat graph of the graph's inputs and constants.</param>
    /// <param name="scope">Names of the values around it.</param>
    /// <returns>The names of all values it can see; null after a diagnostic.</returns>
    public Func<string, string>? Nodes(GraphProto body, string place, Opsets opsets, IReadOnlyDictionary<string, string> known, Func<string, string> scope)
    {
        var own = new Dictionary<string, string>(known);
        foreach (string value in body.Node.SelectMany(node => node.Output).Where(value => value.Length > 0))
            own[value] = flat.Fresh($"{place}/{value}");
        foreach (NodeProto inner in body.Node)
        {
            var node = ModelNode.From(inner, opsets);
            if (!add(node with { Name = $"{place}/{node.Name}", Inputs = [.. node.Inputs.Select(Inner)], Outputs = [.. node.Outputs.Select(Inner)] }, Inner))
                return null;
        }

        return Inner;

        string Inner(string value) => own.TryGetValue(value, out string? name) ? name : scope(value);
    }
}
