using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes.Moe;

/// <summary>
/// Mixtures of experts that compute all experts for all rows, as products with [E, D, H], and weigh them with a mask of scores.
/// <code>
///   %m = transpose(%gate)                          [.., T, E] to [.., E, T, 1]
///   %y = matmul(gelu(matmul(%x, #w1)), #w2)        [.., E, T, D]
///   %o = reduce-sum(mul(%y, %m)) {axes=[E's]}
/// </code>
/// </summary>
internal static class DenseMixture
{
    /// <summary>The mixture that ends in a node; null if there is nothing like one.</summary>
    public static Finding? Find(Graph graph, Node node)
    {
        if (node.Op is not Reduce { Function: ReduceFunction.Sum, KeepDims: true, Axes: { Count: 1 } axes }
            || graph.Producer(node.Inputs[0]) is not { Op: Binary { Function: BinaryFunction.Multiply, Activation.IsNone: true, Axis: null }, Inputs: [var a, var b] } weighed)
            return null;
        Shape full = graph.TypeOf(weighed.Output).Shape;
        if (axes[0] >= full.Rank - 1 || full[axes[0]] < 2)
            return null;
        Origin origin = weighed.Origin.Union(node.Origin);
        Finding? first = Find(graph, a, b, full, axes[0], origin);
        return first is Mixture ? first : Find(graph, b, a, full, axes[0], origin) ?? first;
    }

    private static Finding? Find(Graph graph, string y, string mask, Shape full, int axis, Origin origin)
    {
        if (graph.TypeOf(y).Shape != full)
            return null;
        int experts = full[axis], rows = (int)(full.ElementCount / experts / full[^1]);
        var walk = new ExpertWalk(graph, node => Product(graph, node, full, axis), (value, shape) => Bias(graph, value, shape, axis));
        var layers = new Stack<ExpertLayer>();
        string? x = null;
        foreach ((ExpertLayer layer, string left) in walk.Back(y))
        {
            layers.Push(layer);
            if ((x = Rows(graph, left, full, axis, rows)) is not null)
                break;
        }

        Gate? gate = null;
        bool masks = false;
        foreach (ElementMap map in ElementMap.Of(graph, mask))
        {
            if (Gate.Of(graph, map.Source) is not { } found)
                continue;
            masks = true;
            if (graph.TypeOf(map.Source).Shape[^1] == experts && map.Is(full, axis, (row, e, _) => row * experts + e))
                gate = found;
        }

        return (gate, x) switch
        {
            (null, null) => null,
            (null, _) when masks => new Difference("its mask of scores does not hold one for each row and expert"),
            (null, _) => new Difference("no TopK chooses among its experts, so that all of them count"),
            (_, null) when layers.Count == 0 => new Difference($"{walk.Ending()} is no product with weights [experts, inner, columns] and has none before it"),
            (_, null) => new Difference($"the experts do not begin with the same rows: before their product with weights stands {walk.Ending()}"),
            _ => new Mixture(x, gate.Indices, graph.TypeOf(gate.Indices).Shape[^1], experts, gate.Scores, [.. layers], origin),
        };
    }

    // The value whose rows all experts multiply.
    private static string? Rows(Graph graph, string left, Shape full, int axis, int rows)
    {
        string? x = null;
        int inner = graph.TypeOf(left).Shape[^1];
        foreach (ElementMap map in ElementMap.Of(graph, left))
        {
            if (graph.TypeOf(map.Source).Shape.ElementCount == (long)rows * inner && map.Is(full, axis, (row, _, i) => row * inner + i))
                x = map.Source;
        }

        return x;
    }

    // A product with weights [E, D, H] whose result has the experts on the axis.
    private static (string Left, Tensor Weights)? Product(Graph graph, Node node, Shape full, int axis)
    {
        if (node is not { Op: MatMul { Activation.IsNone: true } op, Inputs: [var left, var right] } || graph.ConstantOf(right) is not { } weights
            || graph.TypeOf(node.Output).Shape is not { } result || result.Rank != full.Rank || result[axis] != full[axis]
            || PerExpert(weights, full, axis) is not { } all)
            return null;
        return (left, ExpertMatMul.Columns(all, op.TransposeB));
    }

    // A constant [E, 1, H] that lies so over a value.
    private static Tensor? Bias(Graph graph, string value, Shape shape, int axis)
    {
        if (graph.ConstantOf(value) is not { Shape.Rank: > 0 } bias || shape.Rank <= axis || bias.Shape.Rank > shape.Rank)
            return null;
        Shape perExpert = [shape[axis], shape[^1]], aligned = [.. Enumerable.Repeat(1, shape.Rank - bias.Shape.Rank), .. bias.Shape];
        for (int i = 0; i < aligned.Rank - 1; i++)
        {
            if (i != axis && aligned[i] != 1)
                return null;
        }

        Tensor matrix = bias.Reshape([aligned[axis], aligned[^1]]);
        return new Expand([.. perExpert]).Evaluate(new([matrix], 1))[0].Reshape([(int)perExpert.ElementCount]);
    }

    // The matrices of the experts, [E, .., ..], of weights that may repeat them along other axes.
    private static Tensor? PerExpert(Tensor weights, Shape full, int axis)
    {
        Shape shape = weights.Shape;
        int matrix = shape.Rank - 2, at = axis - (full.Rank - shape.Rank);
        if (at < 0 || at >= matrix || shape[at] != full[axis])
            return null;
        Tensor all = Tensor.Zeros(weights.Element, [full[axis], shape[^2], shape[^1]]);
        int size = all.Bytes.Length / full[axis], inner = shape.Product(at + 1, matrix);
        for (int i = 0; i < shape.Product(0, matrix); i++)
        {
            ReadOnlySpan<byte> one = weights.Bytes.Slice(i * size, size);
            Span<byte> expert = all.WritableBytes.Slice(i / inner % full[axis] * size, size);
            if (i % inner == 0 && i / inner < full[axis])
                one.CopyTo(expert);
            else if (!one.SequenceEqual(expert))
                return null;
        }

        return all;
    }
}
