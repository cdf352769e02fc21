using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Quantize.Stated;

/// <summary>
/// A quantization that the model states, as i8 or, over more than 256 integers, as i16 stores it: unsigned integers are moved down by as much
/// as they exceed the type, which changes zero points but no real number.
/// </summary>
/// <param name="Lo">The least integer the model allows, as stored.</param>
/// <param name="Hi">The greatest.</param>
/// <param name="Element">i8 or i16.</param>
public sealed record StatedScale(Quantization Quantization, int Lo, int Hi, ElementType Element = ElementType.I8)
{
    /// <summary>The model clamps no more than the type does.</summary>
    public bool IsFull => (Lo, Hi) == Element.Range();

    /// <summary>Scale and type.</summary>
    public StatedIntegers Integers => new(Quantization, Element);

    /// <summary>The reals it lets through.</summary>
    public Activation Reach => new(Real(Lo), Real(Hi));

    /// <summary>What a node states of its value; null if it states nothing, or nothing that i8 or i16 can hold.</summary>
    public static StatedScale? Of(Graph graph, Node node) => node.Op switch
    {
        FakeQuantize stated => Of(stated),
        SumFinisher { Quantization: FixedRule own } => new(Quantization.PerTensor(own.Scale, own.Zero), sbyte.MinValue, sbyte.MaxValue),
        QuantizeLinear quantize => Of(quantize.Stated(InferContext.Of(graph, node))),
        DequantizeLinear dequantize when graph.ConstantOf(node.Inputs[0]) is null && dequantize.Stated(InferContext.Of(graph, node)) is { Axis: < 0 } stated =>
            Of(new FakeQuantize(stated, graph.TypeOf(node.Inputs[0]).Element.Range().Lo, graph.TypeOf(node.Inputs[0]).Element.Range().Hi)),
        _ => null,
    };

    private static StatedScale? Of(FakeQuantize stated)
    {
        if (stated.Stated.Axis >= 0 || !stated.Rounding.IsNearest())
            return null;
        if ((long)stated.Hi - stated.Lo > byte.MaxValue)
            return Wide(stated);
        int down = stated is { Lo: >= sbyte.MinValue, Hi: <= sbyte.MaxValue } ? 0 : stated.Lo - sbyte.MinValue;
        long zero = (long)stated.Stated.Zero - down;
        return zero is >= sbyte.MinValue and <= sbyte.MaxValue
            ? new(Quantization.PerTensor(stated.Stated.Scale, (int)zero), stated.Lo - down, stated.Hi - down)
            : null;
    }

    // Kernels take i16 with zero point 0 only.
    private static StatedScale? Wide(FakeQuantize stated)
    {
        if ((long)stated.Hi - stated.Lo > ushort.MaxValue)
            return null;
        int down = stated is { Lo: >= short.MinValue, Hi: <= short.MaxValue } ? 0 : stated.Lo - short.MinValue;
        return stated.Stated.Zero == down
            ? new(Quantization.PerTensor(stated.Stated.Scale, 0), stated.Lo - down, stated.Hi - down, ElementType.I16)
            : null;
    }

    private float Real(int integer) => (float)(Quantization.Scale * (integer - Quantization.Zero));
}
