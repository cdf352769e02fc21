namespace Edgec.Runtime.Kernels;

/// <summary>
/// 4-bit integers, two to a byte: element 2i in the low half of byte i, element 2i + 1 in the high half. The high half
/// of the last byte is 0 where their number is odd.
/// </summary>
public static class Int4
{
    public const int Lowest = -8;

    public const int Highest = 7;

    /// <summary>Bytes of so many elements.</summary>
    public static long Bytes(long count) => (count + 1) / 2;

    /// <summary>The elements one to a byte.</summary>
    public static sbyte[] Unpack(ReadOnlySpan<byte> packed, int count)
    {
        var values = new sbyte[count];
        for (int i = 0; i < count; i++)
            values[i] = Element(packed, i);
        return values;
    }

    /// <summary>Element <paramref name="index"/>, its sign extended.</summary>
    public static sbyte Element(ReadOnlySpan<byte> packed, int index) => (sbyte)(unchecked((sbyte)(packed[index / 2] << (4 * (1 - (index & 1))))) >> 4);

    /// <param name="values">In [-8, 7].</param>
    public static byte[] Pack(ReadOnlySpan<sbyte> values)
    {
        var packed = new byte[Bytes(values.Length)];
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is < Lowest or > Highest)
                throw new ArgumentOutOfRangeException(nameof(values), values[i], "not a 4-bit integer");
            packed[i / 2] |= (byte)((values[i] & 15) << (4 * (i & 1)));
        }

        return packed;
    }
}
