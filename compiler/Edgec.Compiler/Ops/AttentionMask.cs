using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>A constant added to scores before a softmax, or put in their place by a condition; its very negative numbers close positions.</summary>
/// <param name="Scores">The value it is added to, or takes the place of.</param>
/// <param name="Name">The constant.</param>
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
        List<string> masked = [];
        string value = node.Output;
        while (graph.HasSingleUse(value))
        {
            masked.Add(value);
            Node reader = graph.Consumers(value)[0];
            if (reader.Op is Softmax)
                return new(scores, mask, [.. masked], replaces);
            if (reader.Op is not (Reshape or Transpose))
                return null;
            value = reader.Output;
        }

        return null;
    }
}
