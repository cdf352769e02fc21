using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>ONNX's numbers and names of element types (TensorProto.DataType).</summary>
public static class OnnxElement
{
    private static readonly (int Code, string Name, ElementType Element)[] Known =
    [
        (1, "FLOAT", ElementType.F32),
        (2, "UINT8", ElementType.U8),
        (3, "INT8", ElementType.I8),
        (4, "UINT16", ElementType.U16),
        (5, "INT16", ElementType.I16),
        (6, "INT32", ElementType.I32),
        (7, "INT64", ElementType.I64),
        (9, "BOOL", ElementType.Bool),
        (10, "FLOAT16", ElementType.F16),
        (11, "DOUBLE", ElementType.F64),
        (12, "UINT32", ElementType.U32),
        (13, "UINT64", ElementType.U64),
        (16, "BFLOAT16", ElementType.BF16),
    ];

    /// <summary>The number in ONNX files.</summary>
    public static int Code(ElementType element) => Known.First(k => k.Element == element).Code;

    /// <exception cref="OperatorException">Edgec has no such element type.</exception>
    public static ElementType FromCode(int code) => Known.FirstOrDefault(k => k.Code == code) is { Name: not null } known
        ? known.Element
        : throw OperatorException.Unsupported($"ONNX element type {code} is not supported. Use a float of 16 to 64 bits, an integer of 8 to 64 bits, or bool.");

    /// <exception cref="OperatorException">Edgec has no such element type.</exception>
    public static ElementType FromName(string name) => Known.FirstOrDefault(k => k.Name == name) is { Name: not null } known
        ? known.Element
        : throw OperatorException.Unsupported($"ONNX element type {name} is not supported. Use a float of 16 to 64 bits, an integer of 8 to 64 bits, or bool.");
}
