using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes;

/// <summary>
/// Attention in a float or a quantized graph: two products of activations with a softmax between. Before the softmax the scores may be
/// multiplied by positive numbers and have one value added, in any order, and be reshaped as long as their matrices stay.
/// </summary>
/// <param name="Product">The product of queries and keys.</param>
/// <param name="Scores">What the softmax reads.</param>
/// <param name="Weighted">The product of probabilities and values.</param>
/// <param name="Factor">On the product of queries and keys.</param>
/// <param name="Between">All nodes between the products, the last first.</param>
internal sealed record AttentionPattern(
    Node Product, string Scores, Node Weighted, double Factor, AddedScores? Bias, ImmutableArray<Node> Between)
{
    // Nodes that may separate a softmax from a product that it has to do with.
    private const int Distance = 4;

    /// <summary>The attention that a softmax is part of, or why it is not quite one.</summary>
    /// <param name="missed">What differs; null if there is nothing like attention about it.</param>
    public static AttentionPattern? Of(Graph graph, Node node, out string? missed)
    {
        missed = null;
        if (node.Op is not Softmax { Logarithm: false } softmax || Reaches(graph, node.Inputs[0]) is not { } behind || LeadsTo(graph, node.Output) is not { } ahead)
            return null;
        var between = ImmutableArray.CreateBuilder<Node>();
        missed = Differs(graph, node, softmax);
        if (missed is not null || Forward(graph, node, ahead, between, out missed) is not { } weighted)
            return null;
        between.Add(node);
        return Backward(graph, node, behind, between, out missed) is var (product, factor, bias)
            ? new(product, node.Inputs[0], weighted, factor, bias, between.ToImmutable())
            : null;
    }

    /// <summary>A product of two values that change with the data.</summary>
    public static bool IsProduct(Graph graph, Node node) =>
        node is { Op: MatMul, Inputs.Length: 2 } && node.Inputs.All(input => graph.ConstantOf(input) is null && !Decoded(graph, input));

    /// <summary>The value and the positive number it is multiplied by; null if a node is something else.</summary>
    public static (string Value, double Factor)? Scaled(Graph graph, Node node)
    {
        if (node.Op is not Binary { Function: BinaryFunction.Multiply, Activation.IsNone: true, Axis: null })
            return null;
        for (int i = 0; i < 2; i++)
        {
            if (Number(graph, node.Inputs[i]) is > 0 and var factor && double.IsFinite(factor))
                return (node.Inputs[1 - i], factor);
        }

        return null;
    }

    private static string? Differs(Graph graph, Node node, Softmax softmax)
    {
        int rank = graph.TypeOf(node.Output).Shape.Rank, axis = Extents.Axis(softmax.Axis, rank);
        return softmax.Flatten && axis != rank - 1 ? $"the softmax runs over the axes from {axis} on, not the last alone"
            : axis != rank - 1 ? $"the softmax runs along axis {axis}, not the last ({rank - 1})"
            : null;
    }

    private static Node? Forward(Graph graph, Node softmax, Node ahead, ImmutableArray<Node>.Builder between, out string? missed)
    {
        string value = softmax.Output;
        while (true)
        {
            missed = Shared(graph, value, ahead, "probabilities");
            if (missed is not null)
                return null;
            Node reader = graph.Consumers(value)[0];
            if (IsProduct(graph, reader))
            {
                missed = reader.Inputs[0] != value || reader.Inputs[1] == value ? $"the probabilities {value} are the right operand of {Name(reader)}"
                    : ((MatMul)reader.Op).TransposeB ? $"{Name(reader)} reads the values {reader.Inputs[1]} transposed"
                    : null;
                return missed is null ? reader : null;
            }

            if (!KeepsMatrices(graph, reader))
            {
                missed = $"{Name(reader)} stands between the softmax and {Name(ahead)}";
                return null;
            }

            between.Insert(0, reader);
            value = reader.Output;
        }
    }

    private static (Node Product, double Factor, AddedScores? Bias)? Backward(
        Graph graph, Node softmax, Node behind, ImmutableArray<Node>.Builder between, out string? missed)
    {
        string value = softmax.Inputs[0];
        double factor = 1;
        AddedScores? bias = null;
        while (true)
        {
            missed = Shared(graph, value, softmax, "scores");
            if (missed is not null || graph.Producer(value) is not { } node)
                return null;
            if (IsProduct(graph, node))
            {
                missed = ((MatMul)node.Op).Activation.IsNone ? null : $"{Name(node)} clamps the scores";
                return missed is null ? (node, factor, bias) : null;
            }

            between.Add(node);
            if (KeepsMatrices(graph, node))
            {
                value = node.Inputs[0];
            }
            else if (Scaled(graph, node) is var (scaled, number))
            {
                (value, factor) = (scaled, factor * number);
            }
            else if (AddedScores.Of(graph, node, factor, out missed) is var (scores, added) && missed is null)
            {
                missed = bias is null ? null : $"two values are added to the scores, {bias.Value} and {added.Value}";
                if (missed is not null)
                    return null;
                (value, bias) = (scores, added);
            }
            else
            {
                missed ??= node.Op is Binary { Function: BinaryFunction.Multiply, Activation.IsNone: true } ? Factored(graph, node)
                    : node.Op is Where ? $"{Name(node)} puts other numbers in the place of scores at run time; a mask that is added becomes part of attention"
                    : $"{Name(node)} stands between {Name(behind)} and the softmax";
                return null;
            }
        }
    }

    private static string Factored(Graph graph, Node node)
    {
        foreach (string input in node.Inputs)
        {
            if (graph.ConstantOf(input) is { } constant)
            {
                return constant.Count == 1
                    ? $"the scores' factor {input} in {Name(node)} is {Number(graph, input):g6}, not positive"
                    : $"the scores' factor {input} in {Name(node)} has {constant.Count} numbers, not one";
            }
        }

        return $"the scores' factor in {Name(node)} changes with the data";
    }

    private static string? Shared(Graph graph, string value, Node reader, string meaning)
    {
        if (graph.HasSingleUse(value))
            return null;
        if (graph.IsOutput(value))
            return $"the {meaning} {value} are an output";
        Node? second = graph.Consumers(value).FirstOrDefault(other => other != reader);
        return second is null ? $"the {meaning} {value} are read twice" : $"the {meaning} {value} have a second reader, {Name(second)}";
    }

    /// <summary>True for a reshape that leaves matrices [.., R, C] as they are.</summary>
    public static bool KeepsMatrices(Graph graph, Node node)
    {
        if (node.Op is not Reshape)
            return false;
        Shape from = graph.TypeOf(node.Inputs[0]).Shape, to = graph.TypeOf(node.Output).Shape;
        return from.Rank >= 2 && to.Rank >= 2 && from[^1] == to[^1] && from[^2] == to[^2];
    }

    // The product that a value is made of, if it is near.
    private static Node? Reaches(Graph graph, string value)
    {
        for (int i = 0; i <= Distance && graph.Producer(value) is { } node; i++)
        {
            if (IsProduct(graph, node))
                return node;
            if (node.Op is not (Binary or Unary or Where or Reshape or Transpose or Rescale))
                return null;
            if (node.Inputs.FirstOrDefault(input => graph.ConstantOf(input) is null && graph.TypeOf(input).Element != ElementType.Bool && LeadsBack(graph, input, Distance - i)) is not { } next)
                return null;
            value = next;
        }

        return null;
    }

    private static bool LeadsBack(Graph graph, string value, int steps) =>
        graph.Producer(value) is { } node && (IsProduct(graph, node)
            || (steps > 0 && node.Op is Binary or Unary or Where or Reshape or Transpose or Rescale && node.Inputs.Any(input => LeadsBack(graph, input, steps - 1))));

    // The product that a value goes into, if it is near.
    private static Node? LeadsTo(Graph graph, string value)
    {
        for (int i = 0; i <= Distance; i++)
        {
            ImmutableArray<Node> readers = graph.Consumers(value);
            if (readers.FirstOrDefault(reader => IsProduct(graph, reader)) is { } product)
                return product;
            if (readers.FirstOrDefault(reader => reader.Op is Binary or Unary or Where or Reshape or Transpose or Rescale) is not { } next)
                return null;
            value = next.Output;
        }

        return null;
    }

    // Constants of a model that arrives quantized.
    private static bool Decoded(Graph graph, string value) =>
        graph.Producer(value) is { Op: DequantizeLinear } node && graph.ConstantOf(node.Inputs[0]) is not null;

    private static double? Number(Graph graph, string value) => graph.ConstantOf(value) is not { Count: 1 } constant ? null
        : graph.TypeOf(value).Quantization is not { } q ? constant.Number(0)
        : q.Axis < 0 ? (constant.Integer(0) - q.Zero) * q.Scale
        : null;

    private static string Name(Node node) => $"{node.Op.Name} {node.Output}";
}
