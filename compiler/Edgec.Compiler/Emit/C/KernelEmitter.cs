using Edgec.Kernels;

namespace Edgec.Emit.C;

/// <summary>The body of a step, by the shape of its kernel.</summary>
internal static class KernelEmitter
{
    public static CBody Emit(Kernel kernel, StepContext context) => kernel switch
    {
        WindowKernel window => WindowEmitter.Emit(window, context),
        MatmulKernel matmul => MatmulEmitter.Emit(matmul, context),
        ExpertMatmulKernel experts => ExpertEmitter.Emit(experts, context),
        MapKernel map => MapEmitter.Emit(map, context),
        TableKernel table => TableEmitter.Emit(table, context),
        ReduceKernel reduce => ReduceEmitter.Emit(reduce, context),
        RowNormKernel norm => RowNormEmitter.Emit(norm, context),
        GroupNormKernel norm => GroupNormEmitter.Emit(norm, context),
        ResampleKernel resample => ResampleEmitter.Emit(resample, context),
        AttentionKernel attention => AttentionEmitter.Emit(attention, context),
        DeformKernel deform => DeformEmitter.Emit(deform, context),
        BranchedKernel branched => BranchedEmitter.Emit(branched, context),
        MoveKernel move => MoveEmitter.Emit(move, context),
        GatherKernel gather => IndexEmitter.Emit(gather),
        ScatterKernel scatter => IndexEmitter.Emit(scatter),
        SelectKernel select => IndexEmitter.Emit(select),
        ConvertKernel convert => ConvertEmitter.Emit(convert, context),
        _ => throw new ArgumentOutOfRangeException(nameof(kernel), kernel, "not a kernel of the closed family"),
    };
}
