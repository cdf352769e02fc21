using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes;

/// <summary>
/// Finds element-wise nodes that together compute one known function of one value, however an exporter has spelt it: the
/// nodes are evaluated on samples and compared with the candidates.
/// </summary>
internal static class ScalarCone
{
    /// <summary>Nodes that a spelling takes at most.</summary>
    private const int MaxNodes = 12;

    /// <summary>Single precision over a handful of nodes; the candidates differ by far more somewhere on the samples.</summary>
    private const double Tolerance = 4e-6;

    private static readonly float[] Samples =
        [.. Enumerable.Range(-300, 601).Select(i => i / 10f), .. Enumerable.Range(-400, 801).Select(i => i / 200f)];

    /// <summary>The value and the candidate that <paramref name="root"/> computes of it, or null.</summary>
    public static (string Value, Unary Function, Origin Origin)? Recognize(Graph graph, IReadOnlyDictionary<Node, int> order, Node root, ReadOnlySpan<Unary> candidates)
    {
        var inside = new SortedList<int, Node>();
        var frontier = new HashSet<string> { root.Output };
        while (inside.Count < MaxNodes)
        {
            // The latest value is the only one no other can depend on, so it is the one to look through.
            if (Latest(graph, order, frontier) is not { } node || !IsElementwise(graph, node))
                return null;
            inside.Add(order[node], node);
            frontier.Remove(node.Output);
            frontier.UnionWith(node.Inputs.Where(input => graph.ConstantOf(input) is null));
            if (frontier.Count != 1 || inside.Count < 2)
                continue;
            string value = frontier.First();
            if (graph.TypeOf(value) == graph.TypeOf(root.Output) && Match(graph, [.. inside.Values], value, candidates) is { } function)
                return (value, function, inside.Values.Aggregate(Origin.None, (all, next) => all.Union(next.Origin)));
        }

        return null;
    }

    private static Node? Latest(Graph graph, IReadOnlyDictionary<Node, int> order, HashSet<string> values)
    {
        Node? latest = null;
        foreach (string value in values)
        {
            if (graph.Producer(value) is { } node && (latest is null || order[node] > order[latest]))
                latest = node;
        }

        return latest;
    }

    private static bool IsElementwise(Graph graph, Node node) =>
        node.Op is Unary or Binary { Axis: null } && node.Outputs.Length == 1
        && node.Inputs.All(input => graph.ConstantOf(input) is { } constant
            ? constant.Count == 1
            : input.Length > 0 && graph.TypeOf(input) == graph.TypeOf(node.Output));

    private static Unary? Match(Graph graph, Node[] nodes, string value, ReadOnlySpan<Unary> candidates)
    {
        Tensor samples = Tensor.Of([Samples.Length], Samples);
        var values = new Dictionary<string, Tensor> { [value] = samples };
        foreach (Node node in nodes)
            values[node.Output] = ((Operator)node.Op).Evaluate(new([.. node.Inputs.Select(Known)], 1))[0];
        Tensor computed = values[nodes[^1].Output];
        foreach (Unary candidate in candidates)
        {
            if (Agrees(candidate, computed))
                return candidate;
        }

        return null;

        Tensor Known(string input) => values.TryGetValue(input, out Tensor? tensor) ? tensor : graph.ConstantOf(input)!.Reshape([1]);
    }

    private static bool Agrees(Unary candidate, Tensor computed)
    {
        for (int i = 0; i < Samples.Length; i++)
        {
            double expected = FloatFunctions.Apply(candidate.Function, (double)Samples[i], candidate.Alpha, candidate.Beta);
            if (!(Math.Abs(computed.Number(i) - expected) <= Tolerance * (1 + Math.Abs(expected))))
                return false;
        }

        return true;
    }

    /// <summary>Replaces every node whose cone is one of the candidates.</summary>
    public static Graph Replace(Graph graph, PassContext context, params Unary[] candidates)
    {
        var editor = new GraphEditor(graph);
        var order = graph.Nodes.Select((node, i) => (node, i)).ToDictionary(pair => pair.node, pair => pair.i);
        foreach (Node node in graph.Nodes)
        {
            (string Value, Unary Function, Origin Origin)? found = null;
            if (node.Op is Binary && graph.TypeOf(node.Output).Element.IsFloat()
                && !context.Try(node, () => found = Recognize(graph, order, node, candidates)))
                return graph;
            if (found is { } cone)
                editor.Replace(node, cone.Function, [cone.Value], cone.Origin);
            else
                editor.Keep(node);
        }

        return editor.Finish(null, new Identity());
    }
}
