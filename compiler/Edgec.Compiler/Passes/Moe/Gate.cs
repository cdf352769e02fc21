using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes.Moe;

/// <summary>Scores over all experts [.., E] of which only the chosen are not zero.</summary>
/// <param name="Indices">The chosen, [.., k], each once in a row.</param>
/// <param name="Scores">Makes their scores, [.., k], in a new graph.</param>
internal sealed record Gate(string Indices, Func<GraphEditor, string> Scores)
{
    private const double Never = -1e4; // exp of it, less a score, is zero

    /// <summary>
    /// The gate that makes a value, null if none does:
    /// <code>
    ///   scatter-elements(zeros, %i, %s)                      %s
    ///   mul(%p, scatter-elements(zeros, %i, ones))     =>    gather-elements(%p, %i)
    ///   softmax(scatter-elements(-inf, %i, %l))              softmax(%l)
    ///   div(%g, reduce-sum(%g)), mul(%g, c)                  the same of the scores of %g
    /// </code>
    /// And what <see cref="OneHotGate"/> finds.
    /// </summary>
    public static Gate? Of(Graph graph, string value) => graph.Producer(value) switch
    {
        { Op: ScatterElements } node when Scattered(graph, node) is var (rest, indices, updates) && rest == 0 => new(indices, _ => updates),
        { Op: Softmax { Logarithm: false } softmax, Inputs: [var logits] } node
            when IsLast(graph, logits, softmax.Axis) && graph.Producer(logits) is { } mask && Scattered(graph, mask) is var (rest, indices, updates) && rest <= Never
            => new(indices, editor => editor.Add(value, new Softmax(-1 + graph.TypeOf(updates).Shape.Rank, Logarithm: false), [updates], node.Origin, graph.TypeOf(updates))),
        { Op: Binary { Function: BinaryFunction.Divide, Activation.IsNone: true }, Inputs: [var all, var sum] } node when Of(graph, all) is { } gate => Normalised(graph, node, gate, all, sum),
        { Op: Binary { Function: BinaryFunction.Multiply, Activation.IsNone: true }, Inputs: [var a, var b] } node => Masked(graph, node, a, b) ?? Masked(graph, node, b, a) ?? OneHotGate.Of(graph, node),
        { } node => OneHotGate.Of(graph, node),
        _ => null,
    };

    // The only other value, the indices and the updates of a scatter along the last axis by what a top-k chose.
    private static (double Others, string Indices, string Updates)? Scattered(Graph graph, Node node)
    {
        if (node is not { Op: ScatterElements { Reduction: "none" } scatter, Inputs: [var data, var indices, var updates] }
            || !IsLast(graph, data, scatter.Axis) || graph.ConstantOf(data) is not { Count: > 0 } rest || !Distinct(graph, indices))
            return null;
        for (int i = 1; i < rest.Count; i++)
        {
            if (rest.Number(i) != rest.Number(0))
                return null;
        }

        Shape shape = graph.TypeOf(indices).Shape;
        return shape.SkipLast(1).SequenceEqual(graph.TypeOf(data).Shape.SkipLast(1)) ? (rest.Number(0), indices, updates) : null;
    }

    // p · mask, or scores times a number.
    private static Gate? Masked(Graph graph, Node node, string all, string factor)
    {
        if (graph.ConstantOf(factor) is { Count: 1 } && Of(graph, all) is { } gate)
        {
            return gate with
            {
                Scores = editor =>
                {
                    string scores = gate.Scores(editor);
                    return editor.Add(node.Output, node.Op, [scores, factor], node.Origin, editor.TypeOf(scores));
                },
            };
        }

        if (graph.Producer(factor) is not { } mask || Scattered(graph, mask) is not var (rest, indices, ones) || rest != 0
            || !IsOne(graph, ones) || graph.TypeOf(all).Shape != graph.TypeOf(factor).Shape)
            return null;
        int axis = graph.TypeOf(all).Shape.Rank - 1;
        return new(indices, editor => editor.Add(
            node.Output, new GatherElements(axis), [all, indices], node.Origin, graph.TypeOf(all) with { Shape = graph.TypeOf(indices).Shape }));
    }

    private static Gate? Normalised(Graph graph, Node node, Gate gate, string all, string divisor)
    {
        // The sum, perhaps kept from being zero by what is added to it or a clamp.
        Node? safe = null;
        if (graph.Producer(divisor) is { Op: Unary { Function: UnaryFunction.Clip } or Binary { Function: BinaryFunction.Add, Activation.IsNone: true } } keeper
            && keeper.Inputs.Where(i => graph.ConstantOf(i) is null).ToArray() is [var only])
            (safe, divisor) = (keeper, only);
        if (graph.Producer(divisor) is not { Op: Reduce { Function: ReduceFunction.Sum, KeepDims: true, Axes: { Count: 1 } axes } reduce, Inputs: [var summed] } sum
            || summed != all || !IsLast(graph, all, axes[0]) || (safe is not null && safe.Inputs.Any(i => graph.ConstantOf(i) is { Count: not 1 })))
            return null;
        return gate with
        {
            Scores = editor =>
            {
                string scores = gate.Scores(editor);
                TensorType type = editor.TypeOf(scores), one = type with { Shape = type.Shape.With(type.Shape.Rank - 1, 1) };
                string total = editor.Add(sum.Output, reduce with { Axes = [type.Shape.Rank - 1] }, [scores], sum.Origin, one);
                if (safe is not null)
                    total = editor.Add(safe.Output, safe.Op, [.. safe.Inputs.Select(i => graph.ConstantOf(i) is null ? total : i)], safe.Origin, one);
                return editor.Add(node.Output, node.Op, [scores, total], node.Origin, type);
            },
        };
    }

    // Each index once in a row.
    private static bool Distinct(Graph graph, string indices)
    {
        Shape shape = graph.TypeOf(indices).Shape;
        return graph.Producer(indices) switch
        {
            { Op: RankedIndices ranked } => IsLast(graph, indices, ranked.Axis),
            { Op: ArgExtremum { KeepDims: true } arg } => IsLast(graph, indices, arg.Axis),
            { Op: Reshape, Inputs: [var source] } => shape[^1] == 1 && graph.Producer(source)?.Op is ArgExtremum,
            _ => false,
        };
    }

    private static bool IsOne(Graph graph, string value)
    {
        if (graph.Producer(value) is { Op: Expand or Reshape, Inputs: [var source] })
            return IsOne(graph, source);
        if (graph.ConstantOf(value) is not { } constant)
            return false;
        for (int i = 0; i < constant.Count; i++)
        {
            if (constant.Number(i) != 1)
                return false;
        }

        return true;
    }

    private static bool IsLast(Graph graph, string value, int axis)
    {
        int rank = graph.TypeOf(value).Shape.Rank;
        return rank > 0 && (axis == rank - 1 || axis == -1);
    }
}
