using Microsoft.CodeAnalysis.Operations;

namespace Edgec.Lowering;

/// <summary>A binary operator's spelling, the same in C# and C, and its place among the others.</summary>
internal sealed record BinaryOperator(string Symbol, Precedence Precedence)
{
    public bool IsArithmetic => Precedence is Precedence.Additive or Precedence.Multiplicative;

    public bool IsShift => Precedence == Precedence.Shift;

    public bool IsBitwise => Precedence is Precedence.And or Precedence.ExclusiveOr or Precedence.Or;

    public static BinaryOperator From(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.Add => new("+", Precedence.Additive),
        BinaryOperatorKind.Subtract => new("-", Precedence.Additive),
        BinaryOperatorKind.Multiply => new("*", Precedence.Multiplicative),
        BinaryOperatorKind.Divide => new("/", Precedence.Multiplicative),
        BinaryOperatorKind.Remainder => new("%", Precedence.Multiplicative),
        BinaryOperatorKind.LeftShift => new("<<", Precedence.Shift),
        BinaryOperatorKind.RightShift => new(">>", Precedence.Shift),
        BinaryOperatorKind.LessThan => new("<", Precedence.Relational),
        BinaryOperatorKind.LessThanOrEqual => new("<=", Precedence.Relational),
        BinaryOperatorKind.GreaterThan => new(">", Precedence.Relational),
        BinaryOperatorKind.GreaterThanOrEqual => new(">=", Precedence.Relational),
        BinaryOperatorKind.Equals => new("==", Precedence.Equality),
        BinaryOperatorKind.NotEquals => new("!=", Precedence.Equality),
        BinaryOperatorKind.And => new("&", Precedence.And),
        BinaryOperatorKind.ExclusiveOr => new("^", Precedence.ExclusiveOr),
        BinaryOperatorKind.Or => new("|", Precedence.Or),
        BinaryOperatorKind.ConditionalAnd => new("&&", Precedence.ConditionalAnd),
        BinaryOperatorKind.ConditionalOr => new("||", Precedence.ConditionalOr),
        _ => throw new InvalidOperationException($"operator {kind} passed the subset check"),
    };

    /// <summary>
    /// <c>left op right</c> with the parentheses precedence asks for, and those readers and compilers like: round sums inside
    /// shifts, round whatever is inside anything bitwise, round &amp;&amp; inside ||, round comparisons inside ==.
    /// </summary>
    public string Join(Fragment left, Fragment right)
    {
        Precedence least = Precedence switch
        {
            Precedence.Shift or Precedence.And or Precedence.ExclusiveOr or Precedence.Or => Precedence.Unary,
            Precedence.ConditionalOr => Precedence.Equality,
            Precedence.Equality => Precedence.Shift,
            _ => Precedence,
        };
        bool chains = left.Precedence == Precedence && (IsBitwise || Precedence == Precedence.ConditionalOr);
        string leftText = chains ? left.Text : left.At(least);
        return $"{leftText} {Symbol} {right.At(least == Precedence ? Precedence + 1 : least)}";
    }
}
