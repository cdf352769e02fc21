using System.Collections.Immutable;

namespace Edgec.Ops;

/// <summary>How an operator is found and read: its ONNX name and domain, its name in the text form, its attributes.</summary>
/// <param name="Text">The name in printed graphs, kebab-case.</param>
/// <param name="Onnx">The ONNX operator type; null for operators that only edgec makes.</param>
/// <param name="Read">Makes the operator from its attributes.</param>
public sealed record OpDef(string Text, string? Onnx, Func<AttributeReader, Operator> Read)
{
    /// <summary>The ONNX domain: empty, or for example <c>com.microsoft</c>.</summary>
    public string Domain { get; init; } = "";

    /// <summary>Other domains in which the operator is found.</summary>
    public ImmutableArray<string> AlsoIn { get; init; } = [];
}
