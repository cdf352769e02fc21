using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>
/// A constant added to scores before a softmax, or put in their place by a condition, or a computed value that is added; its very negative
/// numbers close positions.
/// </summary>
/// <param name="Scores">The value it is added to, or takes the place of.</param>
/// <param name="Name">The constant, or the computed value.</param>
/// <param name="Masked">The sum, or what is chosen, and the values it is moved through, up to the softmax.</param>
/// <param name="Replaces">Whether it takes the place of scores.</param>
public sealed record AttentionMask(string Scores, string Name, ImmutableArray<string> Masked, bool Replaces)
{
    /// <summary>The mask a node brings; null if it is no sum with a constant and no choice of one, or somebody but a softmax reads it.</summary>
    public static AttentionMask? Of(Graph graph, Node node)
    {
        bool replaces = node.Op is Where;
        if (!replaces && node.Op is not Binary { Function: BinaryFunction.Add, Activation.IsNone: true, Axis: null })
            return null;
        (string a, string b) = (node.Inputs[^2], node.Inputs[^1]); // those of Where stand behind its condition
        (string scores, string mask) = graph.ConstantOf(b) is not null ? (a, b) : (b, a);
        if (graph.ConstantOf(mask) is not { Element: ElementType.F32, Count: > 0 } constant || (constant.Count == 1 && !replaces) || graph.ConstantOf(scores) is not null)
            return null;
        return Path(graph, node) is { } masked ? new(scores, mask, masked, replaces) : null;
    }

    /// <summary>The computed mask that a node adds to scores: what comes from no product, beside what does; null if it adds no such thing, or somebody but a softmax reads it.</summary>
    public static AttentionMask? Computed(Graph graph, Node node)
    {
        if (node is not { Op: Binary { Function: BinaryFunction.Add, Activation.IsNone: true, Axis: null }, Inputs: [var a, var b] }
            || graph.ConstantOf(a) is not null || graph.ConstantOf(b) is not null || AreScores(graph, a) == AreScores(graph, b) || Path(graph, node) is not { } masked)
            return null;
        (string scores, string mask) = AreScores(graph, a) ? (a, b) : (b, a);
        return graph.TypeOf(mask).Element == ElementType.F32 ? new(scores, mask, masked, false) : null;
    }

    /// <summary>A computed mask and what it is moved from, as long as nothing but such masks comes of it: of none of them if somebody else reads the mask.</summary>
    public static ImmutableArray<string> Sources(Graph graph, string mask) => [.. Origins(graph, mask).TakeWhile(value => AreMasks(graph, value))];

    /// <summary>A computed mask and what it is moved from, whoever else reads that.</summary>
    public static ImmutableArray<string> Origins(Graph graph, string mask)
    {
        List<string> values = [mask];
        while (graph.Producer(values[^1]) is { } move && IsMove(move))
            values.Add(move.Inputs[0]);
        return [.. values];
    }

    private static bool AreMasks(Graph graph, string value) => !graph.IsOutput(value) && graph.Consumers(value).All(
        reader => IsMove(reader) ? AreMasks(graph, reader.Output) : Computed(graph, reader)?.Name == value);

    private static bool IsMove(Node node) => node is { Op: Reshape or Transpose or Expand or Slice, Inputs.Length: 1 };

    // Of two values that change with the data, perhaps times a number, with a constant added.
    private static bool AreScores(Graph graph, string value)
    {
        while (graph.Producer(value) is { } node)
        {
            string[] computed = [.. node.Inputs.Where(input => input.Length > 0 && graph.ConstantOf(input) is null)];
            if (node.Op is MatMul)
                return computed.Length == 2;
            if (node.Op is not (Reshape or Binary or Unary) || computed.Length != 1)
                return false;
            value = computed[0];
        }

        return false;
    }

    // The value of a node and those it is moved through up to a softmax.
    private static ImmutableArray<string>? Path(Graph graph, Node node)
    {
        List<string> masked = [];
        string value = node.Output;
        while (graph.HasSingleUse(value))
        {
            masked.Add(value);
            Node reader = graph.Consumers(value)[0];
            if (reader.Op is Softmax)
                return [.. masked];
            if (reader.Op is not (Reshape or Transpose))
                return null;
            value = reader.Output;
        }

        return null;
    }
}
