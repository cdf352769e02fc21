using System.Numerics;
using System.Runtime.InteropServices;
using Edgec.Runtime;

namespace Edgec.Data;

/// <summary>The same values in another element type: any number as a float, an integer as one that holds it.</summary>
internal static class ElementConversion
{
    /// <returns>Null if a value would change its meaning.</returns>
    public static Tensor? Convert(Tensor tensor, ElementType element)
    {
        if (tensor.Element == element)
            return tensor;
        if (tensor.Element.IsFloat() && !element.IsFloat())
            return null;
        return element switch
        {
            ElementType.F32 => tensor.ToF32(),
            ElementType.F64 => Tensor.Of(tensor.Shape, Floats(tensor, value => value)),
            ElementType.F16 => Tensor.Of(tensor.Shape, Floats(tensor, value => (Half)value)),
            ElementType.BF16 => Tensor.FromBytes(element, tensor.Shape, MemoryMarshal.AsBytes<ushort>(Floats(tensor, BFloat16)).ToArray()),
            ElementType.I8 => Integers<sbyte>(tensor),
            ElementType.U8 => Integers<byte>(tensor),
            ElementType.I16 => Integers<short>(tensor),
            ElementType.U16 => Integers<ushort>(tensor),
            ElementType.I32 => Integers<int>(tensor),
            ElementType.U32 => Integers<uint>(tensor),
            ElementType.I64 => Integers<long>(tensor),
            ElementType.U64 => Integers<ulong>(tensor),
            _ => null,
        };
    }

    private static T[] Floats<T>(Tensor tensor, Func<double, T> convert)
    {
        var values = new T[tensor.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = convert(tensor.Number(i));
        return values;
    }

    /// <summary>The upper half of single precision, rounded to nearest even.</summary>
    private static ushort BFloat16(double value)
    {
        uint bits = BitConverter.SingleToUInt32Bits((float)value);
        return (ushort)(float.IsNaN((float)value) ? 0x7FC0 : bits + 0x7FFF + (bits >> 16 & 1) >> 16);
    }

    private static Tensor? Integers<T>(Tensor tensor) where T : unmanaged, IBinaryInteger<T>
    {
        bool sameTop = tensor.Element == ElementType.U64 == (typeof(T) == typeof(ulong));
        var values = new T[tensor.Count];
        for (int i = 0; i < values.Length; i++)
        {
            // Values of u64 above the range of i64 come as negative ones.
            long value = tensor.Integer(i);
            values[i] = T.CreateTruncating(value);
            if (long.CreateTruncating(values[i]) != value || value < 0 && !sameTop)
                return null;
        }

        return Tensor.Of(tensor.Shape, values);
    }
}
