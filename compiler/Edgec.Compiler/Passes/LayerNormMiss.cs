using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes;

/// <summary>What a quotient by the root of a mean of squares lacks to be layer or root mean square normalization.</summary>
internal static class LayerNormMiss
{
    /// <summary>What differs; null if a node is nothing of the kind, or lacks nothing.</summary>
    public static string? Of(Graph graph, Node node)
    {
        if (node.Op is not Binary { Activation.IsNone: true } binary)
            return null;
        for (int i = 0; i < 2; i++)
        {
            if (RecognizeLayerNorm.Radicand(graph, binary, node, i) is { } radicand && Differs(graph, node.Inputs[1 - i], radicand) is { } differs)
                return differs;
        }

        return null;
    }

    private static string? Differs(Graph graph, string dividend, string radicand)
    {
        (string variance, string? epsilon) = Sum(graph, radicand) is var (value, added) ? (value, added) : (radicand, (string?)null);
        if (Mean(graph, variance) is not var (reduce, squares) || RecognizeLayerNorm.Square(graph, squares) is not { } squared)
            return null;
        Shape shape = graph.TypeOf(squares).Shape;
        if (epsilon is null)
            return $"nothing is added to the mean of squares {variance} before the root";
        if (graph.ConstantOf(epsilon) is not { } number)
            return $"what is added to the mean of squares, {epsilon}, changes with the data";
        if (number.Count != 1 || !((float)number.Number(0) > 0))
            return $"what is added to the mean of squares, {epsilon}, is no single positive number";
        if (!Trailing(reduce, shape))
            return $"the mean of squares {variance} runs along {Axes(reduce)} of {shape}, not along the last alone";
        if (!reduce.KeepDims)
            return $"the mean of squares {variance} has lost its axes";
        if (graph.Producer(squared) is { Op: Binary { Function: BinaryFunction.Subtract }, Inputs: [var x, var m] } && Mean(graph, m) is var (mean, of) && of == x)
        {
            return !mean.Axes.SequenceEqual(reduce.Axes) ? $"the mean {m} runs along {Axes(mean)}, that of squares along {Axes(reduce)}"
                : dividend != squared ? $"{dividend} is divided, not {squared}, whose squares are"
                : null;
        }

        return dividend != squared ? $"{dividend} is divided, but the squares are those of {squared}" : null;
    }

    private static (string Value, string Added)? Sum(Graph graph, string value)
    {
        if (graph.Producer(value) is not { Op: Binary { Function: BinaryFunction.Add, Activation.IsNone: true }, Inputs: [var a, var b] })
            return null;
        return Mean(graph, a) is null && Mean(graph, b) is not null ? (b, a) : (a, b);
    }

    private static (Reduce Reduce, string Value)? Mean(Graph graph, string value) =>
        graph.Producer(value) is { Op: Reduce { Function: ReduceFunction.Mean } reduce, Inputs: [var x] } ? (reduce, x) : null;

    private static bool Trailing(Reduce reduce, Shape shape) =>
        reduce.Axes.SequenceEqual(Enumerable.Range(shape.Rank - reduce.Axes.Count, reduce.Axes.Count));

    private static string Axes(Reduce reduce) => reduce.Axes.Count == 1 ? $"axis {reduce.Axes[0]}" : $"axes {string.Join(", ", reduce.Axes)}";
}
