using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes.Moe;

/// <summary>
/// Mixtures of experts that copy the chosen experts' weights for each row.
/// <code>
///   %h = matmul(%x, gather(#w1, %i))            [.., 1, 1, D] · [.., k, D, H]
///   %y = matmul(gelu(%h), gather(#w2, %i))      [.., k, 1, D]
///   %o = reduce-sum(mul(%y, %s)) {axes=[k's]}
/// </code>
/// The sum may also be a product of the scores [.., 1, k] and results [.., k, D].
/// </summary>
internal static class GatheredMixture
{
    /// <summary>The mixture that ends in a node; null if there is nothing like one.</summary>
    public static Finding? Find(Graph graph, Node node)
    {
        switch (node)
        {
            case { Op: Reduce { Function: ReduceFunction.Sum, KeepDims: true, Axes: { Count: 1 } axes }, Inputs: [var sum] }
                when graph.Producer(sum) is { Op: Binary { Function: BinaryFunction.Multiply, Activation.IsNone: true, Axis: null }, Inputs: [var a, var b] } weighed:
                Shape full = graph.TypeOf(sum).Shape;
                return axes[0] == full.Rank - 1
                    ? null
                    : Find(graph, a, b, full, axes[0], weighed.Origin.Union(node.Origin))
                        ?? Find(graph, b, a, full, axes[0], weighed.Origin.Union(node.Origin));
            case { Op: MatMul { TransposeB: false, Activation.IsNone: true }, Inputs: [var scores, var y] } when graph.TypeOf(node.Output).Shape is { Rank: > 1 } sums && sums[^2] == 1:
                Shape results = graph.TypeOf(y).Shape;
                return graph.TypeOf(scores).Shape.SkipLast(2).SequenceEqual(results.SkipLast(2)) ? Find(graph, y, scores, results, results.Rank - 2, node.Origin, multiplied: true) : null;
            // The sum over one choice is no sum. Where it is one of several, it is no fault that this is none.
            case { Op: Binary { Function: BinaryFunction.Multiply, Activation.IsNone: true, Axis: null }, Inputs: [var a, var b] } when graph.TypeOf(node.Output).Shape is { Rank: > 0 } one:
                Shape single = [.. one.SkipLast(1), 1, one[^1]];
                return Find(graph, a, b, single, one.Rank - 1, node.Origin) as Mixture ?? Find(graph, b, a, single, one.Rank - 1, node.Origin) as Mixture;
            default:
                return null;
        }
    }

    /// <summary>True for a product of rows and weights that are copied for each.</summary>
    public static bool Copies(Graph graph, Node node) => Product(graph, node) is not null;

    // Of results [.., k, width]; where k is 1, the values may lack its axis. Their scores are a factor, or multiplied as a matrix.
    private static Finding? Find(Graph graph, string y, string scores, Shape full, int axis, Origin origin, bool multiplied = false)
    {
        if (graph.TypeOf(y).Shape is not { Rank: > 0 } shape || shape[^1] != full[^1] || shape.ElementCount != full.ElementCount)
            return null;
        int choices = full[axis], rows = (int)(full.ElementCount / choices / full[^1]);
        string? indices = null, x = null;
        int experts = 0;
        var walk = new ExpertWalk(graph, At, Bias, value => Unmoved(graph, value));
        var layers = new Stack<ExpertLayer>();
        foreach ((ExpertLayer layer, string left) in walk.Back(y))
        {
            layers.Push(layer);
            x = Rows(graph, left, rows) ?? Rows(graph, left, rows * choices);
        }

        if (layers.Count == 0)
            return null;
        if (full.Product(0, axis) != rows || graph.TypeOf(indices!).Shape.ElementCount != (long)rows * choices)
            return new Difference("the chosen experts' results are not summed row by row");
        if (x is null)
            return new Difference($"what its experts begin with is no row for each of the scores: {walk.Ending()}");
        string? weights = Along(graph, scores, full, axis, choices, multiplied);
        return weights is null
            ? new Difference("the factors of its experts are not one for each row and choice")
            : new Mixture(x, indices!, choices, experts, _ => weights, [.. layers], origin);

        (string Left, Tensor Weights)? At(Node node)
        {
            if (Product(graph, node) is not { } found || !Indexed(found.Indices))
                return null;
            experts = found.Weights.Shape[0];
            return (node.Inputs[0], ExpertMatMul.Columns(found.Weights, ((MatMul)node.Op).TransposeB));
        }

        // gather(#b [E, H], %i), of a value with H along its last axis
        Tensor? Bias(string value, Shape shape) =>
            graph.Producer(Unmoved(graph, value)) is { Op: Gather { Axis: 0 }, Inputs: [var table, var at] } && graph.ConstantOf(table) is { Shape.Rank: 2 } bias
            && bias.Shape[1] == shape[^1] && graph.TypeOf(value).Shape.ElementCount == shape.ElementCount && Indexed(at)
                ? bias.Reshape([bias.Count]) : null;

        // All layers take the same experts.
        bool Indexed(string at)
        {
            string source = Unmoved(graph, at);
            indices ??= source;
            return indices == source;
        }
    }

    // matmul(%rows, gather(#w [E, D, H], %i)), a row for each matrix
    private static (string Indices, Tensor Weights)? Product(Graph graph, Node node) =>
        node is { Op: MatMul { Activation.IsNone: true }, Inputs: [_, var right] } && graph.TypeOf(node.Output).Shape is { Rank: > 1 } product && product[^2] == 1
        && graph.Producer(Unmoved(graph, right)) is { Op: Gather { Axis: 0 }, Inputs: [var table, var at] } gather && graph.ConstantOf(table) is { Shape.Rank: 3 } weights
        && graph.ConstantOf(at) is null && graph.TypeOf(right).Shape.TakeLast(2).SequenceEqual(graph.TypeOf(gather.Output).Shape.TakeLast(2))
            ? (at, weights) : null;

    // The value with so many rows, which all that are chosen for one of them share.
    private static string? Rows(Graph graph, string left, int rows)
    {
        Shape shape = graph.TypeOf(left).Shape;
        int inner = shape[^1], choices = (int)(shape.ElementCount / inner / rows);
        if ((long)rows * choices * inner != shape.ElementCount)
            return null;
        string? x = null;
        foreach (ElementMap map in ElementMap.Of(graph, left))
        {
            if (graph.TypeOf(map.Source).Shape.ElementCount == (long)rows * inner
                && new ElementMap(map.Source, map.Map.Reshape([rows, choices, inner])).Is([rows, choices, inner], 1, (row, _, i) => row * inner + i))
                x = map.Source;
        }

        return x;
    }

    // The value with a number for each row and choice.
    private static string? Along(Graph graph, string scores, Shape full, int axis, int choices, bool multiplied)
    {
        string? found = null;
        long count = full.ElementCount / full[^1];
        foreach (ElementMap map in ElementMap.Of(graph, scores))
        {
            // As a row that is multiplied they are in the same order; so they are where the axis of one choice is missing.
            bool same = map.Map.Count == count && (multiplied || (choices == 1 && map.Map.Shape[^1] == 1));
            ElementMap spread = same ? new(map.Source, map.Map.Reshape([.. full.SkipLast(1), 1])) : map;
            if (graph.TypeOf(map.Source).Shape.ElementCount == count && spread.Is(full, axis, (row, j, _) => row * choices + j))
                found = map.Source;
        }

        return found;
    }

    private static string Unmoved(Graph graph, string value)
    {
        while (graph.Producer(value) is { Op: Reshape, Inputs: [var source] })
            value = source;
        return value;
    }
}
