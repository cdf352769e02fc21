using Edgec.Runtime;

namespace Edgec.Emit.CSharp;

/// <summary>Element types in C#. A bool is held by its byte and a bf16 by its bits: no kernel computes with them.</summary>
internal static class CSharpType
{
    public static string Of(ElementType element) => element switch
    {
        ElementType.F32 => "float",
        ElementType.F64 => "double",
        ElementType.F16 => "Half",
        ElementType.BF16 or ElementType.U16 => "ushort",
        ElementType.I8 => "sbyte",
        ElementType.U8 or ElementType.Bool or ElementType.I4 => "byte",
        ElementType.I16 => "short",
        ElementType.I32 => "int",
        ElementType.U32 => "uint",
        ElementType.I64 => "long",
        ElementType.U64 => "ulong",
        _ => throw new ArgumentOutOfRangeException(nameof(element)),
    };
}
