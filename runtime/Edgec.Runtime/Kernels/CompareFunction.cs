namespace Edgec.Runtime.Kernels;

/// <summary>Predicates of two values. For And, Or and Xor anything but 0 is true.</summary>
public enum CompareFunction
{
    And,
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Or,
    Xor,
}
