namespace Edgec.Ops;

/// <summary>Predicates of two values.</summary>
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
