using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>Tensors of one element type from another, or from wide values.</summary>
internal static class ElementConversion
{
    /// <summary>
    /// The elements as another type; the tensor itself if it has that type. Integers wrap; floats to integers are truncated
    /// and saturate, NaN becoming 0; anything but 0 is true.
    /// </summary>
    public static Tensor ConvertTo(this Tensor x, ElementType element)
    {
        if (x.Element == element)
            return x;
        if (element == ElementType.F32)
            return x.ToF32();
        if (element.IsFloat())
            return FromNumbers(element, x.Shape, x.Number);
        return x.Element.IsFloat()
            ? FromIntegers(element, x.Shape, i => Truncate(x.Number(i), element))
            : FromIntegers(element, x.Shape, x.Wide);
    }

    /// <summary>Element <paramref name="index"/> of an integer or bool tensor, exactly.</summary>
    public static Int128 Wide(this Tensor x, int index) =>
        x.Element == ElementType.U64 ? x.Span<ulong>()[index] : x.Integer(index);

    /// <summary>An integer or bool tensor of exact values, which wrap.</summary>
    public static Tensor FromIntegers(ElementType element, Shape shape, Func<int, Int128> value)
    {
        Tensor tensor = Tensor.Zeros(element, shape);
        int size = element.SizeOf();
        Span<byte> wide = stackalloc byte[16];
        for (int i = 0; i < tensor.Count; i++)
        {
            Int128 exact = value(i);
            BinaryPrimitives.WriteInt128LittleEndian(wide, element == ElementType.Bool && exact != 0 ? 1 : exact);
            wide[..size].CopyTo(tensor.WritableBytes[(i * size)..]);
        }

        return tensor;
    }

    /// <summary>A float tensor of doubles, each rounded to nearest even.</summary>
    public static Tensor FromNumbers(ElementType element, Shape shape, Func<int, double> value)
    {
        Tensor tensor = Tensor.Zeros(element, shape);
        for (int i = 0; i < tensor.Count; i++)
        {
            switch (element)
            {
                case ElementType.F64:
                    tensor.Span<double>()[i] = value(i);
                    break;
                case ElementType.F32:
                    tensor.Span<float>()[i] = (float)value(i);
                    break;
                case ElementType.F16:
                    tensor.Span<Half>()[i] = (Half)value(i);
                    break;
                case ElementType.BF16:
                    MemoryMarshal.Cast<byte, ushort>(tensor.WritableBytes)[i] = UpperHalf((float)value(i));
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(element), element, "not a float type");
            }
        }

        return tensor;
    }

    // bfloat16 is the upper half of a float, rounded to nearest even.
    private static ushort UpperHalf(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)0x7FC0 : (ushort)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }

    private static Int128 Truncate(double value, ElementType element) => element switch
    {
        ElementType.Bool => value != 0 ? 1 : 0,
        ElementType.U64 => (ulong)value,
        ElementType.I64 => (long)value,
        ElementType.U32 => (uint)value,
        _ => (Int128)Math.Clamp(double.IsNaN(value) ? 0 : Math.Truncate(value), element.Range().Lo, element.Range().Hi),
    };
}
