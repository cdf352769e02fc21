using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Edgec.Lowering;

/// <summary>A kernel class; a function comes after the functions it calls.</summary>
internal sealed record KernelClass(INamedTypeSymbol Type, ImmutableArray<KernelFunction> Functions);
