using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Edgec.Import;
using Edgec.Runtime;

namespace Edgec.Data;

/// <summary>The head of a .npy file, versions 1 to 3: element type, order and shape, written as a Python dictionary.</summary>
/// <param name="Length">Bytes before the data.</param>
internal sealed partial record NumpyHeader(ElementType Element, Shape Shape, bool FortranOrder, int Length)
{
    /// <summary>Headers of plain arrays have some hundred bytes; a longer one is wrong or a structured array.</summary>
    private const int MaxLength = 1 << 16;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <param name="where">Names the array in diagnostics.</param>
    /// <param name="bySample">The array may be larger than memory holds, if a sample is not.</param>
    public static NumpyHeader Read(Stream stream, string where, bool bySample = false)
    {
        Span<byte> start = stackalloc byte[12];
        stream.ReadExactly(start[..8]);
        if (!start.StartsWith(Magic) || start[6] is 0 or > 3)
            throw DataError.At(where, "EC7013", "This is no .npy array of version 1 to 3. Save it with numpy.save.");
        int sizeBytes = start[6] == 1 ? 2 : 4;
        stream.ReadExactly(start.Slice(8, sizeBytes));
        uint size = sizeBytes == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (size > MaxLength)
            throw DataError.At(where, "EC7014", "The array's type is not a plain number. Save it as float32 or an integer type.");

        var text = new byte[size];
        stream.ReadExactly(text);
        return Parse(Encoding.Latin1.GetString(text), 8 + sizeBytes + (int)size, where, bySample);
    }

    /// <summary>The head of an array in C order, padded so that the data begins at a multiple of 64.</summary>
    public static byte[] Write(ElementType element, Shape shape)
    {
        string extents = shape.Rank == 1 ? $"{shape[0]}," : string.Join(", ", shape);
        string text = $"{{'descr': '{TypeCode(element)}', 'fortran_order': False, 'shape': ({extents}), }}";
        int length = (10 + text.Length + 1 + 63) / 64 * 64;
        var bytes = new byte[length];
        Magic.CopyTo(bytes);
        bytes[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)(length - 10));
        Encoding.ASCII.GetBytes(text.PadRight(length - 11) + '\n', bytes.AsSpan(10));
        return bytes;
    }

    private static NumpyHeader Parse(string text, int length, string where, bool bySample)
    {
        Match type = TypeEntry().Match(text), order = OrderEntry().Match(text), shape = ShapeEntry().Match(text);
        if (!order.Success || !shape.Success)
            throw DataError.At(where, "EC7013", "The array's header is damaged. Save it again with numpy.save.");
        string code = type.Groups[1].Value;
        if (TypeOf(code) is not { } element)
        {
            string advice = code.StartsWith('>') ? "Save it little-endian." : "Save it as float32 or an integer type.";
            throw DataError.At(where, "EC7014", $"The array's type {(code.Length > 0 ? $"'{code}'" : "has fields and")} cannot be used. {advice}");
        }

        long[] extents = [.. shape.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(part => long.TryParse(part.TrimEnd('L'), NumberStyles.None, null, out long extent) ? extent : -1)];
        bool isFortran = order.Groups[1].Value == "True", isLarge = bySample && !isFortran && extents is [>= 0 and <= int.MaxValue, ..];
        return BoundedShape.Of(isLarge ? extents[1..] : extents, element) is { } bounded
            ? new(element, isLarge ? [(int)extents[0], .. bounded] : bounded, isFortran, length)
            : throw DataError.At(where, "EC7015", $"The array declares the shape {BoundedShape.Text(extents)}, which is negative or more than 2 GiB. Save it in parts.");
    }

    private static ElementType? TypeOf(string code) => code switch
    {
        "<f4" => ElementType.F32,
        "<f8" => ElementType.F64,
        "<f2" => ElementType.F16,
        "|i1" or "<i1" => ElementType.I8,
        "|u1" or "<u1" => ElementType.U8,
        "<i2" => ElementType.I16,
        "<u2" => ElementType.U16,
        "<i4" => ElementType.I32,
        "<u4" => ElementType.U32,
        "<i8" => ElementType.I64,
        "<u8" => ElementType.U64,
        "|b1" or "<b1" => ElementType.Bool,
        _ => null,
    };

    private static string TypeCode(ElementType element) => element switch
    {
        ElementType.F32 => "<f4",
        ElementType.F64 => "<f8",
        ElementType.F16 => "<f2",
        ElementType.I8 => "|i1",
        ElementType.U8 => "|u1",
        ElementType.I16 => "<i2",
        ElementType.U16 => "<u2",
        ElementType.I32 => "<i4",
        ElementType.U32 => "<u4",
        ElementType.I64 => "<i8",
        ElementType.U64 => "<u8",
        ElementType.Bool => "|b1",
        _ => throw new ArgumentOutOfRangeException(nameof(element)),
    };

    [GeneratedRegex("""['"]descr['"]\s*:\s*['"]([^'"]*)['"]""")]
    private static partial Regex TypeEntry();

    [GeneratedRegex("""['"]fortran_order['"]\s*:\s*(True|False)""")]
    private static partial Regex OrderEntry();

    [GeneratedRegex("""['"]shape['"]\s*:\s*\(([^)]*)\)""")]
    private static partial Regex ShapeEntry();
}
