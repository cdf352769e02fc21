using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes.Moe;

/// <summary>
/// Mixtures of experts that compute all experts for all rows and sum their results by a product with the mask of scores, as Einsum writes them.
/// <code>
///   %h = matmul(%x, #w1)                           [T, D] · [D, E·H], or a product with [E, D, H]
///   %y = matmul(moved(gelu(%h)), #w2)              [E, T, H] · [E, H, D]
///   %o = matmul(%gate, moved(%y))                  [T, 1, E] · [T, E, D]
/// </code>
/// Einsum moves axes between its products, so what each element of a value is, of which row, expert and column, is followed element by element.
/// </summary>
internal sealed class EinsumMixture
{
    private readonly Graph graph;
    private readonly int rows, experts;
    private readonly Stack<ExpertLayer> layers = new();
    private string value;
    private int[] places; // of each element: (row · E + expert) · width + column
    private int width;
    private string? begin; // the rows, once they are found

    private EinsumMixture(Graph graph, string value, int[] places, int rows, int experts, int width) =>
        (this.graph, this.value, this.places, this.rows, this.experts, this.width) = (graph, value, places, rows, experts, width);

    /// <summary>The mixture that ends in a node; null if there is nothing like one.</summary>
    public static Finding? Find(Graph graph, Node node)
    {
        if (node is not { Op: MatMul { Activation.IsNone: true } op, Inputs: [var mask, var results] } || graph.ConstantOf(results) is not null)
            return null;
        Shape a = graph.TypeOf(mask).Shape, b = graph.TypeOf(results).Shape;
        if (a.Rank < 2 || a[^2] != 1 || a[^1] < 2 || !a.SkipLast(2).SequenceEqual(b.SkipLast(2)) || Chosen(graph, mask, a[^1]) is not { } gate)
            return null;
        int experts = a[^1], rows = a.Product(0, a.Rank - 2), width = op.TransposeB ? b[^2] : b[^1];
        var places = new int[b.ElementCount];
        for (int i = 0; i < places.Length; i++)
        {
            int row = i / (experts * width), at = i % (experts * width);
            places[i] = op.TransposeB ? (row * experts + at % experts) * width + at / experts : i;
        }

        var found = new EinsumMixture(graph, results, places, rows, experts, width);
        return found.Rows() is { } x
            ? new Mixture(x, gate.Indices, graph.TypeOf(gate.Indices).Shape[^1], experts, gate.Scores, [.. found.layers], node.Origin)
            : new Difference($"its results do not come from products with the weights of each expert, but from {ExpertWalk.Ending(graph, found.value)}");
    }

    private static Gate? Chosen(Graph graph, string mask, int experts)
    {
        foreach (ElementMap map in ElementMap.Of(graph, mask))
        {
            if (Gate.Of(graph, map.Source) is { } gate && graph.TypeOf(map.Source).Shape[^1] == experts && map.IsCount)
                return gate;
        }

        return null;
    }

    // Goes back to the rows that all experts begin with; null if there are none.
    private string? Rows()
    {
        while (Layer(isFactor: false) is { } layer)
        {
            layers.Push(layer);
            if (begin is not null)
                return begin;
        }

        return null;
    }

    // Goes back behind one layer.
    private ExpertLayer? Layer(bool isFactor)
    {
        Tensor? bias = null;
        Origin origin = Origin.None;
        var functions = new Stack<ExpertFunction>();
        while (graph.Producer(value) is { } node)
        {
            switch (node)
            {
                case { Op: Reshape or Transpose or Identity, Inputs: [var source] }:
                    places = Before(node, graph.TypeOf(source).Shape);
                    value = source;
                    break;
                case { Op: Unary unary, Inputs: [var source] } when bias is null:
                    functions.Push(new(node.Output, unary, node.Origin));
                    value = source;
                    break;
                case { Op: Binary { Function: BinaryFunction.Add, Activation.IsNone: true, Axis: null }, Inputs: [var a, var b] } when bias is null && (Added(node, a, b) ?? Added(node, b, a)) is var (rest, added):
                    (value, bias, origin) = (rest, added, node.Origin);
                    break;
                case { Op: Binary { Function: BinaryFunction.Multiply, Activation.IsNone: true, Axis: null }, Inputs: [var a, var b] } when bias is null && !isFactor:
                    return Multiplied(node, a, b, functions);
                case { Op: MatMul { Activation.IsNone: true } op, Inputs: [var left, var right] } when graph.ConstantOf(right) is { } constant:
                    if (Weights(op, constant, graph.TypeOf(node.Output).Shape) is not var (weights, shared))
                        return null;
                    begin = Begin(left, graph.TypeOf(node.Output).Shape, weights.Shape[1], shared);
                    if (begin is null && (shared || graph.TypeOf(left).Shape.ElementCount != (long)rows * experts * weights.Shape[1]))
                        return null;
                    if (begin is null)
                        (places, value, width) = (Left(graph.TypeOf(node.Output).Shape, weights.Shape[1]), left, weights.Shape[1]);
                    return new(node.Output, weights, bias, node.Origin.Union(origin), [.. functions]);
                default:
                    return null;
            }
        }

        return null;
    }

    // Two layers of the same rows, multiplied.
    private ExpertLayer? Multiplied(Node node, string a, string b, IEnumerable<ExpertFunction> functions)
    {
        if (a == b || graph.TypeOf(a).Shape != graph.TypeOf(b).Shape)
            return null;
        EinsumMixture one = new(graph, a, places, rows, experts, width), other = new(graph, b, places, rows, experts, width);
        if (one.Layer(isFactor: true) is not { } first || other.Layer(isFactor: true) is not { } second || one.begin is null != other.begin is null
            || (one.begin is not null && !ElementMap.AreSame(graph, one.begin, other.begin!))
            || (one.begin is null && (one.value != other.value || one.width != other.width || !one.places.AsSpan().SequenceEqual(other.places))))
            return null;
        (begin, value, places, width) = (one.begin, one.value, one.places, one.width);
        return first.Times(second, node, functions);
    }

    // The places of what is moved.
    private int[] Before(Node move, Shape source)
    {
        Tensor moved = ((Operator)move.Op).Evaluate(new([Tensor.Of<int>(source, [.. Enumerable.Range(0, (int)source.ElementCount)])], 1))[0];
        var before = new int[places.Length];
        for (int i = 0; i < before.Length; i++)
            before[moved.Span<int>()[i]] = places[i];
        return before;
    }

    private (string Value, Tensor Bias)? Added(Node node, string rest, string constant)
    {
        Shape shape = graph.TypeOf(node.Output).Shape;
        if (graph.ConstantOf(constant) is not { } value || graph.TypeOf(rest).Shape != shape)
            return null;
        ReadOnlySpan<float> all = new Expand([.. shape]).Evaluate(new([value.ToF32()], 1))[0].Span<float>();
        var bias = new float[experts * width];
        var known = new bool[bias.Length];
        for (int i = 0; i < all.Length; i++)
        {
            int column = places[i] % bias.Length;
            if (known[column] && !bias[column].Equals(all[i]))
                return null;
            (bias[column], known[column]) = (all[i], true);
        }

        return (rest, Tensor.Of([bias.Length], bias));
    }

    // The weights [E·H, D] of a product whose results lie at the places; and whether a row of the product has the results of all experts.
    private (Tensor Weights, bool Shared)? Weights(MatMul op, Tensor constant, Shape result)
    {
        int columns = result[^1], inner = op.TransposeB ? constant.Shape[^1] : constant.Shape[^2], batches = constant.Shape.Product(0, constant.Shape.Rank - 2);
        int perBatch = places.Length / columns / Math.Max(1, result.Product(0, result.Rank - 2));
        bool shared = columns == experts * width;
        if ((batches != 1 && batches != result.Product(0, result.Rank - 2)) || (!shared && columns != width))
            return null;
        ReadOnlySpan<float> from = constant.ToF32().Span<float>();
        var weights = new float[experts * width * inner];
        var known = new bool[experts * width];
        for (int i = 0; i < places.Length; i++)
        {
            int column = places[i] % known.Length, batch = batches == 1 ? 0 : i / columns / perBatch, j = i % columns;
            for (int k = 0; k < inner; k++)
            {
                float weight = from[op.TransposeB ? (batch * columns + j) * inner + k : (batch * inner + k) * columns + j];
                if (known[column] && !weights[column * inner + k].Equals(weight))
                    return null;
                weights[column * inner + k] = weight;
            }

            known[column] = true;
        }

        return (Tensor.Of([known.Length, inner], weights), shared);
    }

    // What a product multiplies, if it has a row for each row, in their order, whichever expert it is for.
    private string? Begin(string left, Shape result, int inner, bool shared)
    {
        foreach (ElementMap map in ElementMap.Of(graph, left))
        {
            if (graph.TypeOf(map.Source).Shape.ElementCount == (long)rows * inner && IsRowed(map.Map, result, inner, shared))
                return map.Source;
        }

        return null;
    }

    private bool IsRowed(Tensor map, Shape result, int inner, bool shared)
    {
        Shape full = result.With(result.Rank - 1, inner);
        if (map.Shape.Rank > full.Rank || (shared && map.Count != rows * inner))
            return false;
        Tensor all = new Expand([.. full]).Evaluate(new([map], 1))[0];
        for (int i = 0; i < all.Count; i++)
        {
            int row = places[i / inner * result[^1]] / (experts * width);
            if (all.Integer(i) != (long)row * inner + i % inner)
                return false;
        }

        return true;
    }

    // The places of what a product for each expert multiplies.
    private int[] Left(Shape result, int inner)
    {
        var left = new int[places.Length / result[^1] * inner];
        for (int i = 0; i < left.Length; i++)
            left[i] = places[i / inner * result[^1]] / width * inner + i % inner;
        return left;
    }
}
