using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ops;

/// <summary>A constant added to scores before a softmax; its very negative numbers close positions.</summary>
/// <param name="Scores">The value it is added to.</param>
/// <param name="Name">The constant.</param>
/// <param name="Masked">The sum and the values it is moved through, up to the softmax.</param>
public sealed record AttentionMask(string Scores, string Name, ImmutableArray<string> Masked)
{
    /// <summary>The mask a node adds; null if it is no sum with a constant, or somebody but a softmax reads it.</summary>
    public static AttentionMask? Of(Graph graph, Node node)
    {
        if (node is not { Op: Binary { Function: BinaryFunction.Add, Activation.IsNone: true, Axis: null }, Inputs: [var a, var b] })
            return null;
        (string scores, string mask) = graph.ConstantOf(b) is not null ? (a, b) : (b, a);
        if (graph.ConstantOf(mask) is not { Element: ElementType.F32, Count: > 1 } || graph.ConstantOf(scores) is not null)
            return null;
        List<string> masked = [];
        string value = node.Output;
        while (graph.HasSingleUse(value))
        {
            masked.Add(value);
            Node reader = graph.Consumers(value)[0];
            if (reader.Op is Softmax)
                return new(scores, mask, [.. masked]);
            if (reader.Op is not (Reshape or Transpose))
                return null;
            value = reader.Output;
        }

        return null;
    }
}
