namespace Edgec.Lowering;

/// <summary>
/// C11 that is also C++14. Types of 32 bits and more behave as in C#, narrower ones promote to int as in C#; what differs is
/// written out: wrapping and left shifts of signed values pass through the unsigned type.
/// </summary>
public sealed class CDialect : Dialect
{
    public override string OutputPath => "runtime/c/edgec_arithmetic.h";

    internal override string Prologue =>
        """
        // Integer arithmetic of edgec kernels.
        // Generated from runtime/Edgec.Runtime/Arithmetic; do not edit.
        #ifndef EDGEC_ARITHMETIC_H
        #define EDGEC_ARITHMETIC_H

        #include <assert.h>
        #include <stdbool.h>
        #include <stdint.h>

        static_assert(sizeof(int) == 4, "int has 32 bits");
        static_assert((-1 & 3) == 3, "negative numbers are two's complement");
        static_assert((-3 >> 1) == -2, "right shifts of negative numbers keep the sign");
        static_assert((int32_t)UINT32_MAX == -1, "conversion to a signed type wraps");

        """;

    internal override string Epilogue => "#endif";

    internal override string Linkage => "static inline ";

    internal override string? BodyPragma => null;

    internal override (string Name, KernelType? Stored) LoopIndex => ("int32_t", new(32, true));

    internal override string FunctionName(string name) => $"edgec_{name}";

    internal override string TypeName(KernelType type) =>
        type == KernelType.Bool ? "bool" : $"{(type.IsSigned ? "int" : "uint")}{type.Bits}_t";

    internal override Fragment Literal(object value, KernelType type)
    {
        string digits = Digits(value);
        bool isNegative = digits[0] == '-';
        string text = (type.Bits, type.IsSigned) switch
        {
            (64, _) when value is long.MinValue => "INT64_MIN",
            (32, true) when value is int.MinValue => "INT32_MIN",
            (64, true) => $"INT64_C({digits})",
            (64, false) => $"UINT64_C({digits})",
            (32, false) => $"{digits}U",
            _ => digits,
        };
        return new(text, isNegative ? Precedence.Unary : Precedence.Primary, type, type) { Constant = value };
    }

    internal override Fragment Convert(Fragment operand, KernelType to, bool isImplicit) =>
        isImplicit || operand.Type == to ? operand with { Type = to, Stored = to } : Cast(operand, to);

    internal override Fragment Arithmetic(BinaryOperator op, Fragment left, Fragment right, KernelType type, bool wraps)
    {
        if (!wraps || !type.IsSigned)
            return new(op.Join(left, right), op.Precedence, type, type);

        KernelType unsigned = type with { IsSigned = false };
        Fragment wrapped = new(op.Join(Cast(left, unsigned), Cast(right, unsigned)), op.Precedence, unsigned, unsigned);
        return Cast(wrapped, type);
    }

    internal override Fragment Bitwise(BinaryOperator op, Fragment left, Fragment right, KernelType type) =>
        new(op.Join(left, right), op.Precedence, type, type);

    internal override Fragment Negate(Fragment operand, KernelType type, bool wraps)
    {
        if (wraps)
            return Arithmetic(new("-", Precedence.Additive), Literal(0, type), operand, type, wraps);

        return new($"-{operand.At(Precedence.Primary)}", Precedence.Unary, type, type);
    }

    internal override Fragment Complement(Fragment operand, KernelType type) =>
        new($"~{operand.At(Precedence.Unary)}", Precedence.Unary, type, type);

    internal override Fragment Shift(BinaryOperator op, Fragment left, Fragment count, KernelType type)
    {
        if (op.Symbol == ">>" || !type.IsSigned)
            return new(op.Join(left, count), op.Precedence, type, type);

        KernelType unsigned = type with { IsSigned = false };
        return Cast(new(op.Join(Cast(left, unsigned), count), op.Precedence, unsigned, unsigned), type);
    }

    internal override Fragment MaskedCount(Fragment count, int bits)
    {
        string mask = Digits((1 << bits) - 1);
        return new($"{count.At(Precedence.Unary)} & {mask}", Precedence.And, count.Type, count.Stored);
    }

    internal override Fragment Conditional(Fragment condition, Fragment whenTrue, Fragment whenFalse, KernelType type) =>
        new(
            $"{condition.At(Precedence.ConditionalOr)} ? {whenTrue.At(Precedence.ConditionalOr)} : {whenFalse.Text}",
            Precedence.Conditional,
            type,
            type);

    internal override bool HasCompound(BinaryOperator op, KernelType type, bool wraps) =>
        !type.IsSigned || (!wraps && op.Symbol != "<<");

    private Fragment Cast(Fragment operand, KernelType to)
    {
        bool isSameWidth = operand.Type.Bits == to.Bits;
        if (isSameWidth && operand.Source is { } source && source.Type == to)
            return source;

        return isSameWidth && operand.Constant is { } value && Digits(value)[0] != '-'
            ? Literal(value, to)
            : new($"({TypeName(to)}){operand.At(Precedence.Unary)}", Precedence.Unary, to, to) { Source = operand };
    }
}
