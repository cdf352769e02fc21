namespace Edgec.Ops;

/// <summary>Functions of the bits of one or two integers.</summary>
public enum BitwiseFunction
{
    And,
    Not,
    Or,
    Xor,
    ShiftLeft,
    ShiftRight,
}
