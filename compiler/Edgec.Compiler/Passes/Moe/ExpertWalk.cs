using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes.Moe;

/// <summary>Walks from what experts yield back through their layers.</summary>
/// <param name="product">What a node multiplies, and the weights [columns, inner] of the experts it is for; null if it is no such product.</param>
/// <param name="bias">What a value adds to each column of these experts, where it is added to another of the given shape; null if it is no such bias.</param>
/// <param name="unmoved">The value that one is only another view of.</param>
internal sealed class ExpertWalk(
    Graph graph, Func<Node, (string Left, Tensor Weights)?> product, Func<string, Shape, Tensor?> bias, Func<string, string>? unmoved = null)
{
    /// <summary>The value at which the walk ended.</summary>
    public string End { get; private set; } = "";

    /// <summary>The layers, the last one first, each with what its product multiplies.</summary>
    public IEnumerable<(ExpertLayer Layer, string Left)> Back(string value)
    {
        while (Layer(value) is var (layer, left))
        {
            yield return (layer, left);
            value = left;
        }
    }

    private (ExpertLayer Layer, string Left)? Layer(string value, bool isFactor = false)
    {
        Tensor? added = null;
        Origin origin = Origin.None;
        var functions = new Stack<ExpertFunction>();
        for (; ; )
        {
            End = value = unmoved?.Invoke(value) ?? value;
            if (graph.Producer(value) is not { } node)
                return null;
            if (added is null && node is { Op: Unary unary, Inputs: [var x] })
            {
                functions.Push(new(node.Output, unary, node.Origin));
                value = x;
            }
            else if (added is null && Biased(node) is var (rest, b))
            {
                (value, added, origin) = (rest, b, node.Origin);
            }
            else if (product(node) is var (left, weights))
            {
                return (new(node.Output, weights, added, node.Origin.Union(origin), [.. functions]), left);
            }
            else
            {
                return added is null && !isFactor ? Multiplied(node, functions) : null;
            }
        }
    }

    // mul(silu(matmul(%x, #w1)), matmul(%x, #w3))
    private (ExpertLayer Layer, string Left)? Multiplied(Node node, IEnumerable<ExpertFunction> functions)
    {
        string end = End;
        if (node is { Op: Binary { Function: BinaryFunction.Multiply, Activation.IsNone: true, Axis: null }, Inputs: [var a, var b] }
            && a != b && graph.TypeOf(a).Shape == graph.TypeOf(b).Shape
            && Layer(a, isFactor: true) is var (first, left) && Layer(b, isFactor: true) is var (second, other) && ElementMap.AreSame(graph, left, other))
            return (first.Times(second, node, functions), left);
        End = end;
        return null;
    }

    private (string Value, Tensor Bias)? Biased(Node node)
    {
        if (node is not { Op: Binary { Function: BinaryFunction.Add, Activation.IsNone: true, Axis: null }, Inputs: [var a, var b] })
            return null;
        Shape shape = graph.TypeOf(node.Output).Shape;
        if (bias(b, shape) is { } second)
            return (a, second);
        return bias(a, shape) is { } first ? (b, first) : null;
    }

    /// <summary>How the value at which the walk ended comes about, for people.</summary>
    public string Ending() => Ending(graph, End);

    /// <summary>How a value comes about, for people.</summary>
    public static string Ending(Graph graph, string value) =>
        graph.Producer(value) is { } node ? $"the {node.Op.Name} that makes {node.Output}" : $"{value}, which nothing computes";
}
