using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>One output element from one element of each operand, with broadcasting.</summary>
public sealed record MapKernel(MapStep Step, BroadcastGeometry Geometry) : Kernel
{
    public override string Shape => "map";

    public override IEnumerable<KernelConstant> Constants => Step.Constants;
}
