using System.Collections.Immutable;
using Edgec.Kernels;

namespace Edgec.Ops;

/// <summary>What a node becomes in a plan.</summary>
public abstract record Lowered;

/// <summary>A kernel over operand values; the kernel's constants are inside it, operands that are constants of the graph are named.</summary>
public sealed record KernelLowered(Kernel Kernel, ImmutableArray<string> Operands) : Lowered;

/// <summary>The same elements in the same order under another shape: no work where tensors are dense.</summary>
public sealed record ViewLowered(string Operand) : Lowered;
