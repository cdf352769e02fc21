using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>Scales, zero points and bit widths as QONNX's operators have them: numbers, or tensors that broadcast.</summary>
internal static class QonnxScale
{
    /// <summary>Wider ones would not be integers of single precision, in which these operators are defined.</summary>
    private const int MostBits = 16;

    /// <summary>A bit width.</summary>
    /// <exception cref="OperatorException">It is no integer from 1 to 16.</exception>
    public static int Bits(Tensor bits, string meaning)
    {
        double width = bits.Count == 1 ? bits.Number(0) : double.NaN;
        if (width != Math.Floor(width) || width is < 1 or > MostBits)
            throw OperatorException.Unsupported($"The {meaning} is {(bits.Count == 1 ? width : bits)}; it must be one integer from 1 to {MostBits}. Quantize to fewer bits.");
        return (int)width;
    }

    /// <summary>The quantization of a tensor: scale and zero point are one number, or one for each index of one axis.</summary>
    /// <exception cref="OperatorException">They do not fit, a scale is no positive number or a zero point no integer.</exception>
    public static Quantization Of(Tensor scale, Tensor zero, Shape x)
    {
        int axis = Math.Max(AxisOf(scale.Shape, x), AxisOf(zero.Shape, x));
        if ((scale.Count > 1 && AxisOf(scale.Shape, x) != axis) || (zero.Count > 1 && AxisOf(zero.Shape, x) != axis))
            throw OperatorException.Unsupported($"Scale {scale.Shape} and zero point {zero.Shape} change along different axes. Quantize along one.");
        int count = Math.Max(scale.Count, zero.Count);
        var zeros = new int[count];
        for (int i = 0; i < count; i++)
        {
            double value = zero.Number(zero.Count == 1 ? 0 : i);
            if (value != Math.Floor(value) || Math.Abs(value) > ushort.MaxValue)
                throw OperatorException.Unsupported($"A zero point is {value}; it must be an integer. Quantize again.");
            zeros[i] = (int)value;
        }

        float[] scales = [.. Enumerable.Range(0, count).Select(i => (float)scale.Number(scale.Count == 1 ? 0 : i))];
        return LinearScale.Of(Tensor.Of([count], scales), Tensor.Of([count], zeros), x, Math.Max(axis, 0));
    }

    // The axis of x along which a tensor that broadcasts to it changes; -1 if it is one number.
    private static int AxisOf(Shape parameter, Shape x)
    {
        int lead = x.Rank - parameter.Rank;
        int[] wide = [.. Enumerable.Range(0, parameter.Rank).Where(i => parameter[i] != 1)];
        if (wide.Length == 0)
            return -1;
        if (wide.Length > 1 || lead < 0 || parameter[wide[0]] != x[lead + wide[0]])
            throw OperatorException.Unsupported($"A scale or zero point {parameter} for {x} is neither one number nor one for each index of an axis. Quantize per tensor or per channel.");
        return lead + wide[0];
    }
}
