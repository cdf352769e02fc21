using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>
/// Normalises rows of [Outer, Length, Groups, Channels] by their deviation, then scales and shifts: layer, group, instance, root
/// mean square and Euclidean normalisation. One operand; the output has its shape.
/// </summary>
public sealed record GroupNormKernel(LayerNormStep Step, GroupGeometry Geometry) : Kernel
{
    public override string Shape => "group-norm";

    public override IEnumerable<KernelConstant> Constants => Step.Constants;
}
