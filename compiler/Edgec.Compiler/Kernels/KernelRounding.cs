using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>Where a kernel's rounding profile stands.</summary>
public static class KernelRounding
{
    /// <summary>What happens to a kernel's sums; null for kernels without sums.</summary>
    public static Finish? FinishOf(Kernel kernel) => kernel switch
    {
        WindowKernel k => k.Finish,
        MatmulKernel k => k.Finish,
        ExpertMatmulKernel k => k.Finish,
        ReduceKernel k => k.Finish,
        ResampleKernel k => k.Finish,
        DeformKernel k => k.Finish,
        AttentionKernel k => k.Scores,
        BranchedKernel k => k.Finish,
        _ => null,
    };

    /// <summary>The profile in which a kernel rounds; null if no profile governs it.</summary>
    public static RoundingProfile? Of(Kernel kernel) => kernel switch
    {
        MapKernel { Step: AddStep step } => step.Profile,
        MapKernel { Step: MultiplyStep step } => step.Profile,
        MapKernel { Step: RescaleStep step } => step.Finish.Profile,
        BranchedKernel k => k.Finish.Profile,
        _ => (FinishOf(kernel) as IntegerFinish)?.Profile,
    };
}
