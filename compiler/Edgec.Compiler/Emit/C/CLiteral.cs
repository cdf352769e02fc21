using System.Globalization;
using Edgec.Runtime;

namespace Edgec.Emit.C;

/// <summary>Constants as C writes them.</summary>
public static class CLiteral
{
    /// <summary>The shortest decimal number that reads back as the same single-precision number.</summary>
    public static string Float(float value)
    {
        if (float.IsNaN(value))
            return "NAN";
        if (float.IsInfinity(value))
            return value > 0 ? "INFINITY" : "-INFINITY";
        string digits = value.ToString("R", CultureInfo.InvariantCulture);
        return digits.AsSpan().IndexOfAny('.', 'E') < 0 ? digits + ".0f" : digits + "f";
    }

    /// <summary>A 64-bit integer. The lowest has no literal of its own.</summary>
    public static string Long(long value) => value switch
    {
        long.MinValue => "INT64_MIN",
        < 0 => $"-INT64_C({-value})",
        _ => $"INT64_C({value})",
    };

    /// <summary>An element from its bits, which are the low bits of <paramref name="bits"/>.</summary>
    public static string Element(ElementType element, long bits) => element switch
    {
        ElementType.F32 => Float(BitConverter.Int32BitsToSingle(unchecked((int)bits))),
        ElementType.I8 => unchecked((sbyte)bits).ToString(CultureInfo.InvariantCulture),
        ElementType.U8 or ElementType.Bool => unchecked((byte)bits).ToString(CultureInfo.InvariantCulture),
        ElementType.I16 => unchecked((short)bits).ToString(CultureInfo.InvariantCulture),
        ElementType.U16 or ElementType.F16 or ElementType.BF16 => unchecked((ushort)bits).ToString(CultureInfo.InvariantCulture),
        ElementType.I32 => unchecked((int)bits) is int.MinValue ? "INT32_MIN" : unchecked((int)bits).ToString(CultureInfo.InvariantCulture),
        ElementType.U32 => unchecked((uint)bits).ToString(CultureInfo.InvariantCulture) + "U",
        ElementType.I64 => Long(bits),
        ElementType.U64 or ElementType.F64 => $"UINT64_C({unchecked((ulong)bits)})",
        _ => throw new ArgumentOutOfRangeException(nameof(element)),
    };

    /// <summary>A dense array's extents as C writes them after its name: <c>[16][3]</c>; a scalar has one element.</summary>
    public static string Extents(Shape shape) => shape.Rank == 0 ? "[1]" : string.Concat(shape.ToArray().Select(extent => $"[{extent}]"));

    /// <summary>A dense array's element count, spelled out: <c>16 * 3</c>.</summary>
    public static string Product(Shape shape) => shape.Rank == 0 ? "1" : string.Join(" * ", shape.ToArray());
}
