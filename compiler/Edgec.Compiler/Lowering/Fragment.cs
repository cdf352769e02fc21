namespace Edgec.Lowering;

/// <summary>An expression in the target language.</summary>
/// <param name="Type">Its C# type; its value is always one of that type.</param>
/// <param name="Stored">The integer type the target language gives it: <c>ap_int</c> sums and products are wider than in
/// C#. Null where it is a plain C++ <c>int</c> among <c>ap_int</c>s.</param>
internal sealed record Fragment(string Text, Precedence Precedence, KernelType Type, KernelType? Stored)
{
    /// <summary>The value of a literal.</summary>
    public object? Constant { get; init; }

    /// <summary>What a cast casts.</summary>
    public Fragment? Source { get; init; }

    /// <summary>The text, in parentheses unless it binds at least as tightly as asked.</summary>
    public string At(Precedence atLeast) => Precedence >= atLeast ? Text : $"({Text})";
}
