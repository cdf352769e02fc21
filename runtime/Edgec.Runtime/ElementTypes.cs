namespace Edgec.Runtime;

/// <summary>Facts about element types: names, sizes, ranges.</summary>
public static class ElementTypes
{
    /// <summary>Bytes of so many elements, dense.</summary>
    public static long BytesOf(this ElementType element, long count) =>
        element == ElementType.I4 ? Kernels.Int4.Bytes(count) : checked(count * element.SizeOf());

    /// <summary>Bytes of one element in memory, for types that have whole bytes.</summary>
    public static int SizeOf(this ElementType element) => element switch
    {
        ElementType.I8 or ElementType.U8 or ElementType.Bool => 1,
        ElementType.I16 or ElementType.U16 or ElementType.F16 or ElementType.BF16 => 2,
        ElementType.F32 or ElementType.I32 or ElementType.U32 => 4,
        ElementType.F64 or ElementType.I64 or ElementType.U64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(element)),
    };

    /// <summary>The name in printed graphs, plans and manifests: <c>f32</c>, <c>i8</c>, <c>bool</c>.</summary>
    public static string Text(this ElementType element) => element switch
    {
        ElementType.F32 => "f32",
        ElementType.F64 => "f64",
        ElementType.F16 => "f16",
        ElementType.BF16 => "bf16",
        ElementType.I8 => "i8",
        ElementType.U8 => "u8",
        ElementType.I16 => "i16",
        ElementType.U16 => "u16",
        ElementType.I32 => "i32",
        ElementType.U32 => "u32",
        ElementType.I64 => "i64",
        ElementType.U64 => "u64",
        ElementType.I4 => "i4",
        ElementType.Bool => "bool",
        _ => throw new ArgumentOutOfRangeException(nameof(element)),
    };

    public static bool IsFloat(this ElementType element) =>
        element is ElementType.F32 or ElementType.F64 or ElementType.F16 or ElementType.BF16;

    /// <summary>Lowest and highest value of an integer type of at most 32 bits.</summary>
    public static (int Lo, int Hi) Range(this ElementType element) => element switch
    {
        ElementType.I4 => (Kernels.Int4.Lowest, Kernels.Int4.Highest),
        ElementType.I8 => (sbyte.MinValue, sbyte.MaxValue),
        ElementType.U8 => (byte.MinValue, byte.MaxValue),
        ElementType.I16 => (short.MinValue, short.MaxValue),
        ElementType.U16 => (ushort.MinValue, ushort.MaxValue),
        ElementType.I32 => (int.MinValue, int.MaxValue),
        _ => throw new ArgumentOutOfRangeException(nameof(element), element, "not an integer type of at most 32 bits"),
    };

    /// <summary>The element type a C# type holds.</summary>
    public static ElementType Of<T>() where T : unmanaged =>
        typeof(T) == typeof(float) ? ElementType.F32
        : typeof(T) == typeof(double) ? ElementType.F64
        : typeof(T) == typeof(Half) ? ElementType.F16
        : typeof(T) == typeof(sbyte) ? ElementType.I8
        : typeof(T) == typeof(byte) ? ElementType.U8
        : typeof(T) == typeof(short) ? ElementType.I16
        : typeof(T) == typeof(ushort) ? ElementType.U16
        : typeof(T) == typeof(int) ? ElementType.I32
        : typeof(T) == typeof(uint) ? ElementType.U32
        : typeof(T) == typeof(long) ? ElementType.I64
        : typeof(T) == typeof(ulong) ? ElementType.U64
        : typeof(T) == typeof(bool) ? ElementType.Bool
        : throw new NotSupportedException($"{typeof(T)} is no tensor element");
}
