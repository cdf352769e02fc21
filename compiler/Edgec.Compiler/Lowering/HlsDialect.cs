namespace Edgec.Lowering;

/// <summary>
/// C++14 over <c>ap_int</c>, whose sums and products grow by themselves. So a widening cast says only how wide the value
/// before it is: <c>(long)acc * multiplier</c> is a product of 32 by 32 bits, not of 64 by 64. Factors and shifted values
/// are brought to their C# width; a masked shift count is an unsigned number of as many bits.
/// </summary>
public sealed class HlsDialect : Dialect
{
    public override string OutputPath => "hls-templates/include/edgec_arithmetic.hpp";

    internal override string Prologue =>
        """
        // Integer arithmetic of edgec kernels.
        // Generated from runtime/Edgec.Runtime/Arithmetic; do not edit.
        #ifndef EDGEC_ARITHMETIC_HPP
        #define EDGEC_ARITHMETIC_HPP

        #include <ap_int.h>

        namespace edgec {

        """;

    internal override string Epilogue =>
        """
        }  // namespace edgec

        #endif
        """;

    internal override string Linkage => "inline ";

    internal override string? BodyPragma => "#pragma HLS inline";

    internal override (string Name, KernelType? Stored) LoopIndex => ("int", null);

    internal override string FunctionName(string name) => name;

    internal override string TypeName(KernelType type) =>
        type == KernelType.Bool ? "bool" : $"{(type.IsSigned ? "ap_int" : "ap_uint")}<{type.Bits}>";

    internal override Fragment Literal(object value, KernelType type)
    {
        string digits = Digits(value);
        string text = (type.Bits, type.IsSigned) switch
        {
            (64, true) when value is long.MinValue => "(-9223372036854775807LL - 1)",
            (32, true) when value is int.MinValue => "(-2147483647 - 1)",
            (64, true) => $"{digits}LL",
            (64, false) => $"{digits}ULL",
            (32, false) => $"{digits}U",
            _ => digits,
        };
        return new(text, digits[0] == '-' ? Precedence.Unary : Precedence.Primary, type, type == KernelType.Bool ? type : null) { Constant = value };
    }

    internal override Fragment Convert(Fragment operand, KernelType to, bool isImplicit)
    {
        if (isImplicit)
            return operand;

        return operand.Type.FitsIn(to) ? Store(operand) with { Type = to } : Cast(operand, to);
    }

    internal override Fragment Arithmetic(BinaryOperator op, Fragment left, Fragment right, KernelType type, bool wraps)
    {
        bool isSum = op.Precedence == Precedence.Additive;
        string text = isSum ? op.Join(left, right) : op.Join(Factor(left, right), Factor(right, left));
        Fragment grown = new(text, op.Precedence, type, Grown(op, left, right));
        return wraps ? Cast(grown, type) : grown;
    }

    internal override Fragment Bitwise(BinaryOperator op, Fragment left, Fragment right, KernelType type) =>
        new(op.Join(Factor(left, right), Factor(right, left)), op.Precedence, type, Grown(op, left, right));

    internal override Fragment Negate(Fragment operand, KernelType type, bool wraps)
    {
        KernelType? stored = operand.Stored is { } before ? new(before.Bits + 1, true) : null;
        Fragment grown = new($"-{operand.At(Precedence.Primary)}", Precedence.Unary, type, stored);
        return wraps ? Cast(grown, type) : grown;
    }

    internal override Fragment Complement(Fragment operand, KernelType type) =>
        new($"~{StoreAs(operand, type).At(Precedence.Unary)}", Precedence.Unary, type, type);

    internal override Fragment Shift(BinaryOperator op, Fragment left, Fragment count, KernelType type)
    {
        // The result is as wide as the left side: enough on the way down, the C# type on the way up.
        Fragment value = op.Symbol == ">>" ? Store(left) : StoreAs(left, type);
        return new(op.Join(value, count), op.Precedence, type, value.Stored);
    }

    internal override Fragment MaskedCount(Fragment count, int bits) => Cast(count, new(bits, false));

    internal override Fragment Conditional(Fragment condition, Fragment whenTrue, Fragment whenFalse, KernelType type)
    {
        // Class types of different widths have no common type for ?: to find.
        Fragment left = StoreAs(whenTrue, type);
        Fragment right = StoreAs(whenFalse, type);
        return new(
            $"{condition.At(Precedence.ConditionalOr)} ? {left.At(Precedence.ConditionalOr)} : {right.Text}",
            Precedence.Conditional,
            type,
            type);
    }

    internal override bool HasCompound(BinaryOperator op, KernelType type, bool wraps) => true;

    /// <summary>An operand as wide as some C# type: a literal is, next to an operand that has a width.</summary>
    private Fragment Factor(Fragment operand, Fragment other) =>
        operand.Constant is not null && other.Stored is not null ? operand : Store(operand);

    private Fragment Store(Fragment operand) =>
        operand.Stored is { } stored && stored.Bits <= operand.Type.Bits ? operand : Cast(operand, operand.Type);

    private Fragment StoreAs(Fragment operand, KernelType type) => operand.Stored == type ? operand : Cast(operand, type);

    /// <summary>The vendor's growth rules; null where both sides are plain C++ integers.</summary>
    private static KernelType? Grown(BinaryOperator op, Fragment left, Fragment right)
    {
        if (left.Stored is null && right.Stored is null)
            return null;

        KernelType a = left.Stored ?? left.Type;
        KernelType b = right.Stored ?? right.Type;
        bool isSigned = a.IsSigned || b.IsSigned;
        int widest = Math.Max(a.Bits + (isSigned && !a.IsSigned ? 1 : 0), b.Bits + (isSigned && !b.IsSigned ? 1 : 0));
        return op.Symbol switch
        {
            "*" => new(a.Bits + b.Bits, isSigned),
            "-" => new(widest + 1, true),
            "/" => new(a.Bits + (b.IsSigned ? 1 : 0), isSigned),
            "+" => new(widest + 1, isSigned),
            _ => new(widest, isSigned),
        };
    }

    private Fragment Cast(Fragment operand, KernelType to)
    {
        // ap_int<64>(1) needs no suffix on its literal.
        string text = operand.Constant is { } value && int.TryParse(Digits(value), out int small) ? Digits(small) : operand.Text;
        return new($"{TypeName(to)}({text})", Precedence.Primary, to, to);
    }
}
