using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

public enum ReduceMode
{
    /// <summary>Integer: Σ (x - zero). Means are sums whose finish divides.</summary>
    Sum,

    /// <summary>Float only: Σ x / n.</summary>
    Mean,
    Maximum,
    Minimum,
}

/// <summary>Reduces the middle axis of [Outer, Length, Inner] to [Outer, Inner]. One operand.</summary>
public sealed record ReduceKernel(ReduceMode Mode, RowGeometry Geometry, Finish Finish, int InputZero = 0) : Kernel
{
    public override string Shape => "reduce";

    public override IEnumerable<KernelConstant> Constants => Finish.Constants;
}
