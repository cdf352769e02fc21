using Edgec.Ir;
using Edgec.Ops;

namespace Edgec.Passes;

/// <summary>
/// Brings every node to the one form that later passes and backends know, as its operator says
/// (<see cref="Operator.Canonicalize"/>), again and again until nothing changes. What becomes constant on the way is
/// computed, as operators look for constants.
/// <code>
///   %y = relu(%x)                    =>    %y = clip(%x) {lo=0.0}
///   %y = reshape(%x, #shape)         =>    %y = reshape(%x) {shape=[1,128]}
/// </code>
/// </summary>
public sealed record Canonicalize : Pass
{
    /// <summary>Rounds after which two operators must be turning into each other.</summary>
    private const int MaxRounds = 50;

    public static readonly PassDef Def = new(
        "canonicalize", "Brings every operator to the form that later passes know.", _ => new Canonicalize());

    public override string Name => "canonicalize";

    public override Level Accepts => Level.Imported;

    public override Level AcceptsUpTo => Level.Canonical;

    public override Level? Yields => Level.Canonical;

    public override Graph Run(Graph graph, PassContext context)
    {
        for (int round = 0; round < MaxRounds; round++)
        {
            Graph next = Round(new FoldConstants().Run(graph, context), context);
            if (context.Diagnostics.HasErrors)
                return graph;
            if (ReferenceEquals(next, graph))
                return graph.Level == Level.Canonical ? graph : graph.With(level: Level.Canonical);
            graph = next;
        }

        Node last = graph.Nodes.First(node => !IsCopy(graph, node) && ((Operator)node.Op).Canonicalize(new(new GraphEditor(graph), node)) is not null);
        context.Report(last, "EC2901", $"Operator {last.Op.Name} changes form without end. This is a fault of edgec; please report it with the model.");
        return graph;
    }

    /// <summary>True for the copies that must stay: an output of the graph that equals an input or another output.</summary>
    internal static bool IsCopy(Graph graph, Node node) =>
        node is { Op: Identity, Inputs: [var input] } && graph.IsOutput(node.Output)
        && (graph.Inputs.Contains(input) || graph.IsOutput(input));

    private static Graph Round(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            if (IsCopy(graph, node) || !context.Try(node, () => Visit(editor, node)))
                editor.Keep(node);
        }

        return editor.Finish(null, new Identity());
    }

    private static void Visit(GraphEditor editor, Node node)
    {
        Node current = node.With(inputs: [.. node.Inputs.Select(input => input.Length == 0 ? "" : editor.Current(input))]);
        if (((Operator)node.Op).Canonicalize(new(editor, current)) is not { } results)
        {
            editor.Keep(node);
            return;
        }

        for (int i = 0; i < node.Outputs.Length && i < results.Length; i++)
        {
            if (node.Outputs[i].Length > 0 && results[i].Length > 0)
                editor.Rename(node.Outputs[i], results[i]);
        }
    }
}
