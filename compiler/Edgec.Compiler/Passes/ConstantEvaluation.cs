using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>Evaluates single nodes at compile time, only after their cost is known to be bounded.</summary>
internal static class ConstantEvaluation
{
    /// <summary>What is known of a node's inputs in the graph being built.</summary>
    public static InferContext ContextOf(GraphEditor editor, Node node) => new(
        [.. node.Inputs.Select(i => i.Length == 0 ? null : editor.TypeOf(i))],
        [.. node.Inputs.Select(i => i.Length == 0 ? null : editor.ConstantOf(i))],
        node.Outputs.Length);

    /// <summary>
    /// The node's outputs if they are known: from types alone, or because every input is constant. Null if they are not, or
    /// if they have more than <paramref name="limit"/> elements and more than the inputs together.
    /// </summary>
    public static ImmutableArray<Tensor>? Evaluate(Node node, InferContext context, ImmutableArray<TensorType> types, long limit)
    {
        var op = (Operator)node.Op;
        if (op.ValueFromTypes(context) is { } known)
            return known;
        long inputs = 0;
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            if (!context.Has(i))
                continue;
            if (context.Constant(i) is not { } constant)
                return null;
            inputs += constant.Count;
        }

        bool bounded = types.Sum(type => type.Shape.ElementCount) <= Math.Max(limit, inputs);
        return op.Folds && bounded
            ? op.Evaluate(new([.. node.Inputs.Select((_, i) => context.Constant(i))], node.Outputs.Length))
            : null;
    }

    /// <summary>Makes constants of all values a node defines.</summary>
    public static void SetConstants(GraphEditor editor, Node node, ImmutableArray<Tensor> values)
    {
        for (int i = 0; i < node.Outputs.Length; i++)
        {
            if (node.Outputs[i].Length > 0)
                editor.SetConstant(node.Outputs[i], values[i]);
        }
    }
}
