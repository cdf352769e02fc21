using Edgec.Import.Proto;
using Edgec.Runtime;
using Google.Protobuf.Reflection;
using static Edgec.Import.Proto.TensorProto.Types;

namespace Edgec.Import;

/// <summary>ONNX's numbers for element types, and which of ours holds each.</summary>
public static class DataTypes
{
    private static readonly EnumDescriptor Names = TensorProto.Descriptor.FindDescriptor<EnumDescriptor>(nameof(DataType));

    /// <summary>The element type that holds all values of an ONNX type, null if none does: strings, complex numbers,
    /// floats of 8 and 4 bits. Integers of 4 and 2 bits come one to a byte.</summary>
    public static ElementType? Element(int dataType) => (DataType)dataType switch
    {
        DataType.Float => ElementType.F32,
        DataType.Double => ElementType.F64,
        DataType.Float16 => ElementType.F16,
        DataType.Bfloat16 => ElementType.BF16,
        DataType.Int8 or DataType.Int4 or DataType.Int2 => ElementType.I8,
        DataType.Uint8 or DataType.Uint4 or DataType.Uint2 => ElementType.U8,
        DataType.Int16 => ElementType.I16,
        DataType.Uint16 => ElementType.U16,
        DataType.Int32 => ElementType.I32,
        DataType.Uint32 => ElementType.U32,
        DataType.Int64 => ElementType.I64,
        DataType.Uint64 => ElementType.U64,
        DataType.Bool => ElementType.Bool,
        _ => null,
    };

    /// <summary>Bits of one element in a file, for the types that <see cref="Element"/> knows.</summary>
    public static int StoredBits(int dataType) => (DataType)dataType switch
    {
        DataType.Int4 or DataType.Uint4 => 4,
        DataType.Int2 or DataType.Uint2 => 2,
        _ => 8 * Element(dataType)!.Value.SizeOf(),
    };

    /// <summary>The ONNX number of an element type.</summary>
    public static int Of(ElementType element) => (int)(element switch
    {
        ElementType.F32 => DataType.Float,
        ElementType.F64 => DataType.Double,
        ElementType.F16 => DataType.Float16,
        ElementType.BF16 => DataType.Bfloat16,
        ElementType.I8 => DataType.Int8,
        ElementType.U8 => DataType.Uint8,
        ElementType.I16 => DataType.Int16,
        ElementType.U16 => DataType.Uint16,
        ElementType.I32 => DataType.Int32,
        ElementType.U32 => DataType.Uint32,
        ElementType.I64 => DataType.Int64,
        ElementType.U64 => DataType.Uint64,
        ElementType.Bool => DataType.Bool,
        _ => throw new ArgumentOutOfRangeException(nameof(element)),
    });

    /// <summary>As ONNX spells it: <c>FLOAT8E4M3FN</c>; the number if it is unknown.</summary>
    public static string Text(int dataType) => Names.FindValueByNumber(dataType)?.Name ?? $"type {dataType}";
}
