using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Quantize.Stated;

/// <summary>A constant whose integers and scales the model states: weights, biases, added constants.</summary>
/// <param name="Integers">Any integer type.</param>
/// <param name="Quantization">Zero points as the model has them.</param>
public sealed record StatedConstant(Tensor Integers, Quantization Quantization)
{
    /// <summary>The integers and scales of a value; null if it is no dequantized constant.</summary>
    public static StatedConstant? Of(Graph graph, string value) =>
        graph.Producer(value) is { Op: DequantizeLinear dequantize } node && graph.ConstantOf(node.Inputs[0]) is { } integers
            ? new(integers, dequantize.Stated(InferContext.Of(graph, node)))
            : null;

    /// <summary>The reals it stands for.</summary>
    public Tensor Real => DequantizeLinear.Value(Integers, Quantization);

    /// <summary>The very integers as i8 with zero 0; null if one is out of reach.</summary>
    public Tensor? Symmetric()
    {
        var values = new sbyte[Integers.Count];
        bool fits = true;
        LinearScale.ForEachRun(Integers.Shape, Quantization, (start, count, channel) =>
        {
            for (int i = start; i < start + count; i++)
            {
                long value = Integers.Integer(i) - Quantization.Zeros[channel];
                fits &= value is >= sbyte.MinValue and <= sbyte.MaxValue;
                values[i] = unchecked((sbyte)value);
            }
        });
        return fits ? Tensor.Of(Integers.Shape, values) : null;
    }
}
