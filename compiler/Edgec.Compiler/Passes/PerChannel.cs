using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes;

/// <summary>Constants with one number for each channel, as they multiply, shift or scale images and rows.</summary>
internal static class PerChannel
{
    /// <summary>
    /// The numbers by channel if <paramref name="constant"/>, broadcast against a value of shape <paramref name="y"/>, changes
    /// along <paramref name="axis"/> only and does not enlarge it; null otherwise.
    /// </summary>
    public static double[]? Read(Tensor constant, Shape y, int axis)
    {
        int lead = y.Rank - constant.Shape.Rank;
        if (lead < 0 || !constant.Element.IsFloat())
            return null;
        for (int i = 0; i < constant.Shape.Rank; i++)
        {
            if (constant.Shape[i] != 1 && (lead + i != axis || constant.Shape[i] != y[axis]))
                return null;
        }

        var numbers = new double[y[axis]];
        for (int c = 0; c < numbers.Length; c++)
            numbers[c] = constant.Number(constant.Count == 1 ? 0 : c);
        return numbers;
    }

    /// <summary>
    /// A product or sum with a constant along one axis as <c>factor · x + addend</c>, and which input is x; null if the node
    /// is nothing of the kind.
    /// </summary>
    /// <param name="constantOf">The constant a value is, if it is one.</param>
    public static (int Input, double[] Factor, double[] Addend)? Affine(
        Binary op, IReadOnlyList<string> inputs, Func<string, Tensor?> constantOf, Shape y, int axis)
    {
        int input = constantOf(inputs[1]) is not null ? 0 : 1;
        if (inputs.Count != 2 || op.Axis is not null || constantOf(inputs[1 - input]) is not { } constant || constantOf(inputs[input]) is not null)
            return null;
        if (Read(constant, y, axis) is not { } numbers)
            return null;
        double[] ones = [.. numbers.Select(_ => 1.0)], zeros = new double[numbers.Length];
        return (op.Function, input) switch
        {
            (BinaryFunction.Multiply, _) => (input, numbers, zeros),
            (BinaryFunction.Add, _) => (input, ones, numbers),
            (BinaryFunction.Subtract, 0) => (input, ones, [.. numbers.Select(n => -n)]),
            (BinaryFunction.Subtract, 1) => (input, [.. ones.Select(one => -one)], numbers),
            _ => null,
        };
    }

    /// <summary>Weights whose element i is multiplied by <c>factor[channelOf(i)]</c>.</summary>
    public static Tensor Scale(Tensor weights, double[] factor, Func<int, int> channelOf)
    {
        Tensor scaled = Tensor.Zeros(ElementType.F32, weights.Shape);
        Span<float> values = scaled.Span<float>();
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(weights.Number(i) * factor[channelOf(i)]);
        return scaled;
    }

    /// <summary><c>factor · bias + addend</c>; an absent bias is 0.</summary>
    public static Tensor Shift(Tensor? bias, double[] factor, double[] addend)
    {
        var values = new float[addend.Length];
        for (int c = 0; c < values.Length; c++)
            values[c] = (float)((bias?.Number(c) ?? 0) * factor[c] + addend[c]);
        return Tensor.Of([values.Length], values);
    }
}
