using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes.Moe;

/// <summary>
/// Scores over all experts that ones and zeros pick:
/// <code>
///   reduce-sum(mul(one-hot(%i), %s))               %s
///   matmul(%s, one-hot(%i))                   =>   %s
///   mul(%p, reduce-sum(one-hot(%i)))               gather-elements(%p, %i)
/// </code>
/// Where a row chooses one expert, there is nothing to sum.
/// </summary>
internal static class OneHotGate
{
    /// <summary>The gate that a node ends; null if it ends none.</summary>
    public static Gate? Of(Graph graph, Node node) => node switch
    {
        { Op: Reduce { Function: ReduceFunction.Sum, KeepDims: true, Axes: { Count: 1 } axes }, Inputs: [var terms] } => Weighed(graph, node, terms, graph.TypeOf(terms).Shape, axes[0]),
        { Op: MatMul { Activation.IsNone: true } product, Inputs: [var scores, var ones] } when graph.TypeOf(node.Output).Shape is { Rank: > 1 } sums && sums[^2] == 1
            && graph.TypeOf(ones).Shape.Rank == sums.Rank => Multiplied(graph, node, scores, ones, product.TransposeB),
        { Op: Binary { Function: BinaryFunction.Multiply, Activation.IsNone: true, Axis: null }, Inputs: [var a, var b] } when graph.TypeOf(node.Output).Shape is { Rank: > 0 } shape =>
            Weighed(graph, node, node.Output, [.. shape.SkipLast(1), 1, shape[^1]], shape.Rank - 1) ?? Picked(graph, node, a, b) ?? Picked(graph, node, b, a),
        { Op: Reshape, Inputs: [var source] } when graph.TypeOf(source).Shape is { Rank: > 0 } from && graph.TypeOf(node.Output).Shape is { Rank: > 0 } to && from[^1] == to[^1] =>
            Moe.Gate.Of(graph, source),
        _ => null,
    };

    private static Gate? Weighed(Graph graph, Node node, string terms, Shape full, int axis) =>
        graph.Producer(terms) is { Op: Binary { Function: BinaryFunction.Multiply, Activation.IsNone: true, Axis: null }, Inputs: [var a, var b] }
            ? Weighed(graph, node, ChoiceMap.Of(graph, a), b, full, axis) ?? Weighed(graph, node, ChoiceMap.Of(graph, b), a, full, axis)
            : null;

    private static Gate? Multiplied(Graph graph, Node node, string scores, string ones, bool transposed)
    {
        Shape right = graph.TypeOf(ones).Shape;
        int rank = right.Rank;
        Shape full = transposed ? right.With(rank - 2, right[^1]).With(rank - 1, right[^2]) : right;
        if (ChoiceMap.Of(graph, ones) is not { } map)
            return null;
        int[] swapped = [.. Enumerable.Range(0, rank - 2), rank - 1, rank - 2];
        ChoiceMap turned = transposed ? map with { Places = map.Places.Transpose(swapped), Experts = map.Experts.Transpose(swapped) } : map;
        return Weighed(graph, node, turned, scores, full, rank - 2, isRow: true);
    }

    // Ones of [.., k, E] where choices name experts, times a score for each choice.
    private static Gate? Weighed(Graph graph, Node node, ChoiceMap? ones, string scores, Shape full, int axis, bool isRow = false)
    {
        if (axis >= full.Rank - 1 || Ones(graph, ones, full, axis) is not { } indices)
            return null;
        int choices = full[axis];
        string? found = null;
        foreach (ElementMap map in ElementMap.Of(graph, scores))
        {
            Shape shape = isRow ? [.. map.Map.Shape.SkipLast(2), choices, 1] : Spread(map.Map.Shape, full, axis);
            if (shape.ElementCount == map.Map.Count && map.Map.Count == full.ElementCount / full[^1] && graph.TypeOf(map.Source).Shape.ElementCount == map.Map.Count
                && new ElementMap(map.Source, map.Map.Reshape(shape)).Is(full, axis, (row, j, _) => row * choices + j))
                found = map.Source;
        }

        return found is null ? null : new(indices, editor =>
        {
            TensorType type = editor.TypeOf(found), wanted = type with { Shape = graph.TypeOf(indices).Shape };
            return type == wanted ? found : editor.Add(found, Reshape.To(wanted.Shape), [found], node.Origin, wanted);
        });
    }

    // All scores times the number of choices that name each expert.
    private static Gate? Picked(Graph graph, Node node, string all, string counts)
    {
        Shape shape = graph.TypeOf(all).Shape;
        if (graph.TypeOf(counts).Shape != shape)
            return null;
        while (graph.Producer(counts) is { Op: Reshape, Inputs: [var source] })
            counts = source;
        string? indices = graph.Producer(counts) is { Op: Reduce { Function: ReduceFunction.Sum, KeepDims: true, Axes: { Count: 1 } axes }, Inputs: [var ones] } && axes[0] < graph.TypeOf(ones).Shape.Rank - 1
            ? Ones(graph, ChoiceMap.Of(graph, ones), graph.TypeOf(ones).Shape, axes[0])
            : Ones(graph, ChoiceMap.Of(graph, counts), [.. shape.SkipLast(1), 1, shape[^1]], shape.Rank - 1);
        if (indices is null || !graph.TypeOf(indices).Shape.SkipLast(1).SequenceEqual(shape.SkipLast(1)))
            return null;
        return new(indices, editor => editor.Add(
            node.Output, new GatherElements(shape.Rank - 1), [all, indices], node.Origin, graph.TypeOf(all) with { Shape = graph.TypeOf(indices).Shape }));
    }

    // The indices, [.., k], of whose choices a value says which experts they name. They rank that many scores: others could name none of the experts.
    private static string? Ones(Graph graph, ChoiceMap? map, Shape full, int axis)
    {
        if (map is null || full[^1] < 2 || ChosenRows.Ranked(graph, map.Indices) is not var (_, of) || of != full[^1])
            return null;
        Shape indices = graph.TypeOf(map.Indices).Shape, shape = Spread(map.Places.Shape, full, axis);
        int choices = full[axis];
        bool fits = indices.Rank > 0 && indices[^1] == choices && indices.ElementCount == full.ElementCount / full[^1] && shape.ElementCount == map.Places.Count
            && new ElementMap(map.Indices, map.Places.Reshape(shape)).Is(full, axis, (row, j, _) => row * choices + j)
            && new ElementMap(map.Indices, map.Experts.Reshape(shape)).Is(full, axis, (_, _, e) => e);
        return fits ? map.Indices : null;
    }

    // A shape without the axis of one choice, with it.
    private static Shape Spread(Shape shape, Shape full, int axis) =>
        full[axis] == 1 && axis == full.Rank - 2 && shape.Rank == full.Rank - 1 ? [.. shape.SkipLast(1), 1, shape[^1]] : shape;
}
