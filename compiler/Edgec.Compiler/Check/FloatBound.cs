using Edgec.Kernels;

namespace Edgec.Check;

/// <summary>
/// How far a float result may lie from the reference on the same inputs: <c>|a - b| ≤ bound · max|b| + 10⁻⁷</c>. Compilers
/// may fuse multiply and add, and mathematical functions differ in the last place; sums add that up. See docs/numerics.md (Float).
/// </summary>
public static class FloatBound
{
    /// <summary>The bound of a kernel shape, relative to the largest element of the result.</summary>
    public static double Of(Kernel kernel) => kernel switch
    {
        WindowKernel { Mode: WindowMode.Maximum } or MoveKernel or GatherKernel or ScatterKernel => 0,
        MapKernel { Step: ChooseStep } => 0,
        WindowKernel or DeformKernel or MatmulKernel or ExpertMatmulKernel or ReduceKernel => 1e-4,
        MapKernel or ResampleKernel or RowNormKernel or GroupNormKernel => 1e-5,
        ConvertKernel => 1e-6,
        _ => 0,
    };
}
