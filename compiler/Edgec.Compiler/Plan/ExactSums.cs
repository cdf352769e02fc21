using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Plan;

/// <summary>
/// Values of i32 that no kernel stores: the exact sums of one operator, which the one operator behind it takes to i8 as the
/// model states. Both become one kernel.
/// </summary>
internal static class ExactSums
{
    /// <summary>True for the type of such a value. Biases are constants and have it too.</summary>
    public static bool Is(Graph graph, string value) =>
        graph.TypeOf(value) is { Element: ElementType.I32, Quantization: not null } && graph.ConstantOf(value) is null;

    /// <summary>The node whose sums a node finishes; null if it reads a stored value.</summary>
    public static Node? Behind(Graph graph, Node node) =>
        node.Op is SumFinisher && Is(graph, node.Inputs[0]) ? graph.Producer(node.Inputs[0]) : null;

    /// <exception cref="OperatorException">The sums would have to be stored, or the operator gives none.</exception>
    public static void Check(Graph graph, Node node)
    {
        if (!((Operator)node.Op).HasExactSums)
            throw new OperatorException("EC4008", $"Operator {node.Op.Name} does not give exact sums. Quantize its result to 8 bits.");
        if (!graph.HasSingleUse(node.Output) || graph.Consumers(node.Output) is not [{ Op: SumFinisher }])
            throw new OperatorException("EC4008", $"The sums {node.Output} are read by something else than one requantization or threshold, and no kernel stores 32 bits. Quantize them to 8 bits in the model.");
    }
}
