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
            return FromNumbers(element, x.Shape, [.. Enumerable.Range(0, x.Count).Select(x.Number)]);
        var values = new Int128[x.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = x.Element.IsFloat() ? Truncate(x.Number(i), element) : x.Wide(i);
        return FromIntegers(element, x.Shape, values);
    }

    /// <summary>Element <paramref name="index"/> of an integer or bool tensor, exactly.</summary>
    public static Int128 Wide(this Tensor x, int index) =>
        x.Element == ElementType.U64 ? x.Span<ulong>()[index] : x.Integer(index);

    /// <summary>An integer or bool tensor from exact values, wrapping.</summary>
    public static Tensor FromIntegers(ElementType element, Shape shape, ReadOnlySpan<Int128> values)
    {
        int size = element.SizeOf();
        var bytes = new byte[(long)values.Length * size];
        Span<byte> wide = stackalloc byte[16];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt128LittleEndian(wide, element == ElementType.Bool && values[i] != 0 ? 1 : values[i]);
            wide[..size].CopyTo(bytes.AsSpan(i * size));
        }

        return Tensor.FromBytes(element, shape, bytes);
    }

    /// <summary>A float tensor from doubles, each rounded to nearest even.</summary>
    public static Tensor FromNumbers(ElementType element, Shape shape, ReadOnlySpan<double> values)
    {
        switch (element)
        {
            case ElementType.F64:
                return Tensor.Of(shape, values);
            case ElementType.F32:
                return Tensor.Of(shape, Array.ConvertAll(values.ToArray(), v => (float)v));
            case ElementType.F16:
                return Tensor.Of(shape, Array.ConvertAll(values.ToArray(), v => (Half)v));
            case ElementType.BF16:
                ushort[] upper = Array.ConvertAll(values.ToArray(), v => UpperHalf((float)v));
                return Tensor.FromBytes(element, shape, MemoryMarshal.AsBytes<ushort>(upper).ToArray());
            default:
                throw new ArgumentOutOfRangeException(nameof(element), element, "not a float type");
        }
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
