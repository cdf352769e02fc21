using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Plan;

/// <summary>What one node of a typed graph becomes, with the exact sums before it that it finishes; its sums are proven to fit their accumulators.</summary>
public static class NodeLowering
{
    /// <param name="lanes">Elements to which rows are padded.</param>
    /// <exception cref="OperatorException">The node has no kernel, or a sum may overflow.</exception>
    public static Lowered Of(Graph graph, Node node, int lanes = 1)
    {
        if (node.Op is not Operator || node.Outputs.Length != 1)
            throw new OperatorException("EC4001", $"Operator {node.Op.Name} has no kernel with {node.Outputs.Length} outputs. Cut the model before it.");
        Node? source = ExactSums.Behind(graph, node);
        Lowered lowered = ((Operator)(source ?? node).Op).Lower(new LoweringContext(graph, source ?? node, lanes, source is null ? null : node));
        if (lowered is KernelLowered { Kernel: var kernel, Operands: var operands })
            AccumulatorRange.Prove(kernel, operands.Length > 0 ? graph.TypeOf(operands[0]).Element : ElementType.F32);
        return lowered;
    }
}
