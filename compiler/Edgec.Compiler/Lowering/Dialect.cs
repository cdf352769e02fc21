using System.Globalization;

namespace Edgec.Lowering;

/// <summary>How a target language writes the pieces of a kernel. The walk over the C# tree is the same for all.</summary>
public abstract class Dialect
{
    /// <summary>Where the lowered header lies in the repository.</summary>
    public abstract string OutputPath { get; }

    /// <summary>Everything before the first function, and after the last.</summary>
    internal abstract string Prologue { get; }

    internal abstract string Epilogue { get; }

    /// <summary>Words before a function's return type.</summary>
    internal abstract string Linkage { get; }

    /// <summary>A first line of every body, or null.</summary>
    internal abstract string? BodyPragma { get; }

    /// <summary>What the index of a loop is declared as, and what a reference to it is then stored as.</summary>
    internal abstract (string Name, KernelType? Stored) LoopIndex { get; }

    /// <summary>A function's name where it is declared and called.</summary>
    internal abstract string FunctionName(string name);

    internal abstract string TypeName(KernelType type);

    internal abstract Fragment Literal(object value, KernelType type);

    internal abstract Fragment Convert(Fragment operand, KernelType to, bool isImplicit);

    /// <param name="wraps">The sum or product was written <c>unchecked</c>: it is taken modulo 2^bits.</param>
    internal abstract Fragment Arithmetic(BinaryOperator op, Fragment left, Fragment right, KernelType type, bool wraps);

    internal abstract Fragment Bitwise(BinaryOperator op, Fragment left, Fragment right, KernelType type);

    internal abstract Fragment Negate(Fragment operand, KernelType type, bool wraps);

    internal abstract Fragment Complement(Fragment operand, KernelType type);

    internal abstract Fragment Shift(BinaryOperator op, Fragment left, Fragment count, KernelType type);

    /// <summary>A shift count of n &amp; (2^bits - 1).</summary>
    internal abstract Fragment MaskedCount(Fragment count, int bits);

    internal abstract Fragment Conditional(Fragment condition, Fragment whenTrue, Fragment whenFalse, KernelType type);

    /// <summary>Whether <c>x op= y</c> means the same as <c>x = x op y</c> here.</summary>
    internal abstract bool HasCompound(BinaryOperator op, KernelType type, bool wraps);

    /// <summary>Comparisons and logic need nothing from the types of their operands.</summary>
    internal static Fragment Compare(BinaryOperator op, Fragment left, Fragment right) =>
        new(op.Join(left, right), op.Precedence, KernelType.Bool, KernelType.Bool);

    internal static Fragment Not(Fragment operand) =>
        new($"!{operand.At(Precedence.Unary)}", Precedence.Unary, KernelType.Bool, KernelType.Bool);

    private protected static string Digits(object value) =>
        value is bool truth ? (truth ? "true" : "false") : System.Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
