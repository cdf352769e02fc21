using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>Normalises each row along the middle axis of [Outer, Length, Inner]; the output has the input's shape. One operand.</summary>
public sealed record RowNormKernel(RowNormStep Step, RowGeometry Geometry) : Kernel
{
    public override string Shape => "row-norm";

    public override IEnumerable<KernelConstant> Constants => Step.Constants;
}
