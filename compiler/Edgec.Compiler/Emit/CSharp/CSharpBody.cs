using System.Collections.Immutable;

namespace Edgec.Emit.CSharp;

/// <summary>What computes one step.</summary>
/// <param name="Statements">Of its method, one a line or more.</param>
/// <param name="Fields">Declarations that stand before it.</param>
internal sealed record CSharpBody(ImmutableArray<string> Statements, ImmutableArray<string> Fields)
{
    public CSharpBody(params ImmutableArray<string> statements)
        : this(statements, [])
    {
    }
}
