using System.Buffers.Binary;
using System.Globalization;
using Edgec.Runtime;

namespace Edgec.Ir.Text;

/// <summary>Elements of constants as text and back: lists, <c>splat(value)</c> and <c>random(seed)</c>.</summary>
internal static class ConstantText
{
    /// <summary>Tensors of at most this many elements are always listed.</summary>
    public const int AlwaysListed = 8;

    /// <summary>Seeds the printer recognises.</summary>
    private const int Seeds = 256;

    /// <summary>
    /// A reproducible tensor for tests: floats are multiples of 1/128 in [-1, 1), integers of up to 16 bits take their full
    /// range, wider ones eight bits. Element i is a function of seed and i alone (the SplitMix64 finisher, Steele et al. 2014).
    /// </summary>
    public static Tensor Random(ElementType element, Shape shape, int seed)
    {
        if (element == ElementType.I4)
            return Tensor.PackI4(shape, [.. Random(ElementType.I8, shape, seed).Span<sbyte>().ToArray().Select(value => (sbyte)(value >> 4))]);
        var bytes = new byte[checked((int)(shape.ElementCount * element.SizeOf()))];
        for (int i = 0; i < shape.ElementCount; i++)
            WriteRandom(element, seed, i, bytes.AsSpan(i * element.SizeOf()));
        return Tensor.FromBytes(element, shape, bytes);
    }

    /// <summary>The seed that makes this tensor, or null.</summary>
    public static int? SeedOf(Tensor tensor)
    {
        for (int seed = 0; seed < Seeds && tensor.Count > AlwaysListed; seed++)
        {
            if (IsRandom(tensor, seed))
                return seed;
        }

        return null;
    }

    public static bool IsSplat(Tensor tensor)
    {
        tensor = tensor.Unpacked;
        int size = tensor.Element.SizeOf();
        return tensor.Count > AlwaysListed && tensor.Bytes[size..].SequenceEqual(tensor.Bytes[..^size]);
    }

    public static string Element(Tensor tensor, int index) => tensor.Element switch
    {
        ElementType.F32 => Float(tensor.Span<float>()[index]),
        ElementType.F64 => Double(tensor.Span<double>()[index]),
        ElementType.F16 or ElementType.BF16 => Double(tensor.Number(index)),
        ElementType.U64 => tensor.Span<ulong>()[index].ToString(CultureInfo.InvariantCulture),
        _ => tensor.Integer(index).ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The shortest decimal that reads back as the same float, marked as a float by a point or exponent.</summary>
    public static string Float(float value) => Marked(value.ToString("R", CultureInfo.InvariantCulture));

    public static string Double(double value) => Marked(value.ToString("R", CultureInfo.InvariantCulture));

    public static bool TryFloat(string text, out float value)
    {
        value = text switch { "inf" => float.PositiveInfinity, "-inf" => float.NegativeInfinity, "nan" => float.NaN, _ => 0 };
        return value != 0 || float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Writes one element; false if the text is no element of that type.</summary>
    public static bool TryWrite(ElementType element, string text, Span<byte> target)
    {
        switch (element)
        {
            case ElementType.F32 or ElementType.BF16 or ElementType.F16:
                if (!TryFloat(text, out float single))
                    return false;
                WriteFloat(element, single, target);
                return true;
            case ElementType.F64:
                double number = text switch { "inf" => double.PositiveInfinity, "-inf" => double.NegativeInfinity, "nan" => double.NaN, _ => 0 };
                if (number == 0 && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number))
                    return false;
                BinaryPrimitives.WriteDoubleLittleEndian(target, number);
                return true;
            default:
                if (!Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out Int128 integer) || !Fits(element, integer))
                    return false;
                WriteInteger(element, unchecked((long)integer), target);
                return true;
        }
    }

    public static string List(Tensor tensor) =>
        $"[{string.Join(',', Enumerable.Range(0, tensor.Count).Select(i => Element(tensor, i)))}]";

    private static bool Fits(ElementType element, Int128 value) => element switch
    {
        ElementType.Bool => value >= 0 && value <= 1,
        ElementType.U32 => value >= 0 && value <= uint.MaxValue,
        ElementType.I64 => value >= long.MinValue && value <= long.MaxValue,
        ElementType.U64 => value >= 0 && value <= ulong.MaxValue,
        _ => value >= element.Range().Lo && value <= element.Range().Hi,
    };

    private static bool IsRandom(Tensor tensor, int seed)
    {
        if (tensor.Element == ElementType.I4)
            return tensor.Bytes.SequenceEqual(Random(ElementType.I4, tensor.Shape, seed).Bytes);
        int size = tensor.Element.SizeOf();
        Span<byte> expected = stackalloc byte[8];
        for (int i = 0; i < tensor.Count; i++)
        {
            WriteRandom(tensor.Element, seed, i, expected);
            if (!tensor.Bytes.Slice(i * size, size).SequenceEqual(expected[..size]))
                return false;
        }

        return true;
    }

    private static void WriteRandom(ElementType element, int seed, int index, Span<byte> target)
    {
        ulong h = unchecked(((ulong)(uint)seed << 32 | (uint)index) + 0x9E3779B97F4A7C15);
        h = unchecked((h ^ (h >> 30)) * 0xBF58476D1CE4E5B9);
        h = unchecked((h ^ (h >> 27)) * 0x94D049BB133111EB);
        h ^= h >> 31;
        int small = (int)(h & 255) - 128;
        if (element == ElementType.F64)
            BinaryPrimitives.WriteDoubleLittleEndian(target, small / 128.0);
        else if (element.IsFloat())
            WriteFloat(element, small / 128f, target);
        else
            WriteInteger(element, element switch
            {
                ElementType.Bool => (long)(h & 1),
                ElementType.I32 or ElementType.I64 => small,
                ElementType.U32 or ElementType.U64 => small + 128,
                _ => unchecked((long)h),
            }, target);
    }

    private static void WriteFloat(ElementType element, float value, Span<byte> target)
    {
        if (element == ElementType.F32)
            BinaryPrimitives.WriteSingleLittleEndian(target, value);
        else if (element == ElementType.F16)
            BinaryPrimitives.WriteHalfLittleEndian(target, (Half)value);
        else
            BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16));
    }

    private static void WriteInteger(ElementType element, long value, Span<byte> target)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        bytes[..element.SizeOf()].CopyTo(target);
    }

    private static string Marked(string text) => text switch
    {
        "Infinity" => "inf",
        "-Infinity" => "-inf",
        "NaN" => "nan",
        _ when text.AsSpan().IndexOfAny('.', 'E') >= 0 => text,
        _ => text + ".0",
    };
}
