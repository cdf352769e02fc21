using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;

namespace Edgec.Plan;

/// <summary>One kernel call.</summary>
/// <param name="Name">Unique in the plan, a C identifier, made from the origin.</param>
/// <param name="Operands">Indices into <see cref="ModelPlan.Values"/>, in the kernel's order.</param>
/// <param name="Result">Index of the value the kernel writes.</param>
/// <param name="Constants">The kernel's constants with their places in the weight image.</param>
public sealed record PlanStep(
    int Index,
    string Name,
    Kernel Kernel,
    ImmutableArray<int> Operands,
    int Result,
    ImmutableArray<PlanConstant> Constants,
    StepCost Cost,
    Origin Origin)
{
    /// <summary>What the kernel's sums can be, and so how wide its accumulators are; null if it sums no integers.</summary>
    public AccumulatorRange? Sums { get; init; }

    /// <summary>Bit i: output i needs this step. All ones where every run computes all outputs.</summary>
    public uint Tasks { get; init; } = uint.MaxValue;

    /// <summary>The constant of that role, null if the kernel has none.</summary>
    public PlanConstant? Constant(string role) => Constants.FirstOrDefault(c => c.Role == role);
}
