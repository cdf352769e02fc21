using System.Collections.Immutable;
using Edgec.Ir;

namespace Edgec.Passes;

/// <summary>
/// Drops nodes and constants that no output of the graph depends on.
/// <code>
///   %d = relu(%x)             =>
///   %y = add(%x, #b)                %y = add(%x, #b)
/// </code>
/// </summary>
public sealed record EliminateDead : Pass
{
    public static readonly PassDef Def = new(
        "eliminate-dead", "Drops nodes and constants that no output depends on.", _ => new EliminateDead());

    public override string Name => "eliminate-dead";

    public override Level Accepts => Level.Imported;

    public override Level AcceptsUpTo => Level.Planned;

    public override Graph Run(Graph graph, PassContext context)
    {
        var live = new HashSet<string>(graph.Outputs);
        var kept = new Stack<Node>();
        foreach (Node node in graph.Nodes.Reverse().Where(node => node.Outputs.Any(live.Contains)))
        {
            kept.Push(node);
            live.UnionWith(node.Inputs);
        }

        if (kept.Count == graph.Nodes.Length && graph.Constants.Keys.All(live.Contains))
            return graph;
        live.UnionWith(graph.Inputs);
        live.UnionWith(kept.SelectMany(node => node.Outputs));
        return graph.With(
            nodes: [.. kept],
            constants: graph.Constants.Where(pair => live.Contains(pair.Key)).ToImmutableDictionary(),
            types: graph.Types.Where(pair => live.Contains(pair.Key)).ToImmutableDictionary());
    }
}
