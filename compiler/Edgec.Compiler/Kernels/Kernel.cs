using Edgec.Runtime;

namespace Edgec.Kernels;

/// <summary>
/// What a backend implements: a loop nest of one of a few shapes with all numbers decided. Operators lower to kernels, so
/// a backend never sees an operator. Images are channels-last, [N, H, W, C]; integer activations are i8, or i16 with zero point 0.
/// </summary>
/// <remarks>The family is closed: <see cref="WindowKernel"/>, <see cref="MatmulKernel"/>, <see cref="MapKernel"/>,
/// <see cref="TableKernel"/>, <see cref="ReduceKernel"/>, <see cref="RowNormKernel"/>,
/// <see cref="GroupNormKernel"/>, <see cref="ResampleKernel"/>, <see cref="AttentionKernel"/>, <see cref="DeformKernel"/>,
/// <see cref="BranchedKernel"/>, <see cref="ExpertMatmulKernel"/>, <see cref="MoveKernel"/>, <see cref="GatherKernel"/>, <see cref="ScatterKernel"/>, <see cref="SelectKernel"/>,
/// <see cref="ConvertKernel"/>.</remarks>
public abstract record Kernel
{
    /// <summary>The kernel shape in a word, for plans, reports and names: <c>window</c>, <c>matmul</c>, ….</summary>
    public abstract string Shape { get; }

    /// <summary>The constants the kernel reads, each under the role by which backends ask for it: <c>weights</c>, <c>bias</c>, ….</summary>
    public virtual IEnumerable<KernelConstant> Constants => [];
}

/// <summary>A constant of a kernel.</summary>
public readonly record struct KernelConstant(string Role, Tensor Value);
