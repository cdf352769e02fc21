using Edgec.Ir;
using Edgec.Ops;
using Edgec.Quantize.Stated;
using Edgec.Runtime;

namespace Edgec.Quantize;

/// <summary>The values that stay exact sums (i32, never stored), because the operator that reads them states how they become 8 bits.</summary>
internal static class Sums
{
    /// <summary>True if a node's result is read by one <see cref="SumFinisher"/> and nothing else, and the two can be one kernel.</summary>
    /// <param name="scaleOf">The quantization of an activation.</param>
    public static bool Are(Graph graph, Node node, Func<string, Quantization> scaleOf)
    {
        var op = (Operator)node.Op;
        if (!op.HasExactSums || !graph.HasSingleUse(node.Output) || graph.IsOutput(node.Output)
            || graph.Consumers(node.Output) is not [{ Op: SumFinisher finisher }] || !finisher.Finishes(op))
            return false;
        // A sum of two is exact only where both are counted in the same steps.
        return op is not Binary || (node.Inputs.All(input => graph.ConstantOf(input) is null && StatedConstant.Of(graph, input) is null)
            && scaleOf(node.Inputs[0]).Scale == scaleOf(node.Inputs[1]).Scale);
    }

    /// <summary>The type of the sums: what a step of them is worth, in each channel.</summary>
    /// <param name="x">The quantization of the first operand.</param>
    /// <param name="w">That of the second.</param>
    public static TensorType TypeOf(Operator op, Shape shape, Quantization x, Quantization w)
    {
        if (op is Binary || w.Axis < 0)
            return new(ElementType.I32, shape, Quantization.PerTensor(op is Binary ? x.Scale : x.Scale * w.Scale, 0));
        int axis = op is Conv { ChannelsLast: false } ? 1 : shape.Rank - 1;
        return new(ElementType.I32, shape, Quantization.PerChannel(axis, [.. w.Scales.Select(scale => x.Scale * scale)]));
    }
}
