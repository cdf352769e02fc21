namespace Edgec.Runtime;

/// <summary>What one element of a tensor is. Integers are two's complement, floats IEEE 754, all little-endian.</summary>
public enum ElementType
{
    F32,
    F64,
    F16,
    BF16,
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,

    /// <summary>Two to a byte, the even element in the low half: constants only.</summary>
    I4,

    /// <summary>One byte an element, 0 or 1.</summary>
    Bool,
}
