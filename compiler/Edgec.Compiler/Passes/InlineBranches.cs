using Edgec.Ir;
using Edgec.Ops;

namespace Edgec.Passes;

/// <summary>
/// Decides every choice between branches and drops the branch that is not taken, before anything looks at its shapes, which
/// need not fit.
/// <code>
///   %r = size(%x)                      =>
///   %c = greater(%r, #four)
///   %y = if(%c, %then, %else)          =>    %y is %then
/// </code>
/// A condition may be computed from whatever is known while compiling: shapes, constants, other choices.
/// </summary>
public sealed record InlineBranches : Pass
{
    public static readonly PassDef Def = new(
        "inline-branches", "Decides conditions that are known and drops the branch that is not taken.", _ => new InlineBranches());

    public override string Name => "inline-branches";

    public override Level Accepts => Level.Imported;

    public override Level AcceptsUpTo => Level.Canonical;

    public override Graph Run(Graph graph, PassContext context)
    {
        // Each round decides all choices whose conditions depend on no choice, so a round without any is the last.
        while (Ready(graph) is { Count: > 0 } ready)
        {
            Graph known = Conditions(graph, ready, context);
            if (context.Diagnostics.HasErrors)
                return graph;
            var editor = new GraphEditor(graph);
            foreach (Node node in graph.Nodes)
            {
                if (!ready.Contains(node) || !context.Try(node, () => Decide(editor, node, known)))
                    editor.Keep(node);
            }

            if (context.Diagnostics.HasErrors)
                return graph;
            graph = editor.Finish(null, new Identity());
        }

        return graph;
    }

    private static void Decide(GraphEditor editor, Node node, Graph known)
    {
        if (If.Chosen(known.ConstantOf(node.Inputs[0]), node.Outputs.Length) is not { } chosen)
        {
            throw new OperatorException(
                "EC2004", "The condition depends on what is known only when the model runs, and compiled programs have no branches. Cut the model so that the condition is constant, or export the branch that is wanted.");
        }

        for (int i = 0; i < node.Outputs.Length; i++)
        {
            if (node.Outputs[i].Length > 0)
                editor.Rename(node.Outputs[i], node.Inputs[chosen[i]]);
        }
    }

    // The part of the graph that computes the conditions, in canonical form: what is known of them is a constant there.
    private static Graph Conditions(Graph graph, HashSet<Node> ready, PassContext context)
    {
        Graph part = new EliminateDead().Run(graph.With(outputs: [.. ready.Select(node => node.Inputs[0]).Distinct().Order(StringComparer.Ordinal)]), context);
        part = new InferShapes().Run(part, context);
        return context.Diagnostics.HasErrors ? part : new Canonicalize().Run(part, context);
    }

    // A node is needed if an output depends on it whatever the conditions turn out to be: through a choice only its condition is.
    private static HashSet<Node> Ready(Graph graph)
    {
        var needed = new HashSet<string>(graph.Outputs);
        var choices = new List<Node>();
        foreach (Node node in graph.Nodes.Reverse().Where(node => node.Outputs.Any(needed.Contains)))
        {
            if (node.Op is If)
                choices.Add(node);
            needed.UnionWith(node.Op is If ? node.Inputs.Take(1) : node.Inputs);
        }

        var undecided = new HashSet<string>();
        var ready = new HashSet<Node>();
        foreach (Node node in graph.Nodes)
        {
            bool waits = node.Inputs.Any(undecided.Contains);
            if (node.Op is If && choices.Contains(node) && !undecided.Contains(node.Inputs[0]))
                ready.Add(node);
            if (waits || node.Op is If)
                undecided.UnionWith(node.Outputs.Where(output => output.Length > 0));
        }

        return ready;
    }
}
