using Edgec.Ir;
using Edgec.Ops;
using Edgec.Passes.Selections;

namespace Edgec.Passes;

/// <summary>
/// Computes all rows where a model selects some of them at run time, and lets only the selected ones count where they are put back.
/// How many there are is known only when the model runs, so nothing behind has a static shape otherwise.
/// <code>
///   %i = non-zero(%m)                                      %m : bool[T]
///   %r = gather(%x, %i)                                =>
///   %f = gelu(%r)                                          %f = gelu(%x)
///   %y = scatter-nd(%d, %i, %f) {reduction="add"}          %y = add(%d, where(%m, %f, #zero))
/// </code>
/// What lies between must compute each row by itself. So mixtures of experts that select each expert's tokens become products of all tokens
/// with each expert, which <see cref="RecognizeMoe"/> finds.
/// </summary>
public sealed record BoundSelections : Pass
{
    public static readonly PassDef Def = new(
        "bound-selections", "Computes all rows where a model selects some at run time, and lets the selected ones count.", _ => new BoundSelections());

    public override string Name => "bound-selections";

    public override Level Accepts => Level.Imported;

    public override Graph Run(Graph graph, PassContext context)
    {
        HashSet<Node> selections = ComputedSelections(graph, out HashSet<string> computed);
        if (selections.Count == 0)
            return graph;
        if (RowCounts.Fault(graph, selections, computed) is var (node, fault))
        {
            context.Report(node, fault);
            return graph;
        }

        var editor = new GraphEditor(graph);
        foreach (Node next in graph.Nodes)
        {
            if (selections.Contains(next))
                editor.Replace(next, new SelectedPositions(), next.Inputs);
            else
                editor.Keep(next);
        }

        Graph bounded = new InferShapes().Run(editor.Finish(null, new Identity()), context);
        if (!context.Diagnostics.HasErrors)
            bounded = new Canonicalize().Run(bounded, context);
        if (!context.Diagnostics.HasErrors)
            bounded = SelectedRows.Masked(bounded, context);
        return context.Diagnostics.HasErrors ? graph : bounded.With(level: Level.Imported);
    }

    // Every NonZero whose operand depends on the values of an input of the graph, not on its shape alone.
    private static HashSet<Node> ComputedSelections(Graph graph, out HashSet<string> computed)
    {
        computed = [.. graph.Inputs];
        var selections = new HashSet<Node>();
        foreach (Node node in graph.Nodes.Where(node => node.Op is not (ShapeOf or SizeOf)))
        {
            if (!node.Inputs.Any(computed.Contains))
                continue;
            computed.UnionWith(node.Outputs.Where(output => output.Length > 0));
            if (node.Op is NonZero)
                selections.Add(node);
        }

        return selections;
    }
}
