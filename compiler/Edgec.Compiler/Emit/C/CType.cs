using Edgec.Runtime;

namespace Edgec.Emit.C;

/// <summary>Element types in C. Types C11 does not have are held by integers of their size: no kernel computes with them.</summary>
internal static class CType
{
    public static string Of(ElementType element) => element switch
    {
        ElementType.F32 => "float",
        ElementType.I8 => "int8_t",
        ElementType.U8 or ElementType.Bool or ElementType.I4 => "uint8_t",
        ElementType.I16 => "int16_t",
        ElementType.U16 or ElementType.F16 or ElementType.BF16 => "uint16_t",
        ElementType.I32 => "int32_t",
        ElementType.U32 => "uint32_t",
        ElementType.I64 => "int64_t",
        ElementType.U64 or ElementType.F64 => "uint64_t",
        _ => throw new ArgumentOutOfRangeException(nameof(element)),
    };
}
