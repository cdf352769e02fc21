namespace Edgec.Passes;

/// <summary>Every pass on graphs, in alphabetical order. A test fails on one that is missing here or has no case.</summary>
public static class PassTable
{
    public static IReadOnlyList<PassDef> All { get; } =
    [
        AppendDecode.Def,
        ApproximateGelu.Def,
        ApproximateSoftmax.Def,
        BoundMasks.Def,
        BoundSelections.Def,
        Canonicalize.Def,
        ChannelsLast.Def,
        ConvolveResize.Def,
        DeformBound.Def,
        DeformDepthwise.Def,
        DeformRound.Def,
        DeformSquare.Def,
        EliminateDead.Def,
        EliminateTransposes.Def,
        FoldConstants.Def,
        FoldShuffle.Def,
        FuseActivation.Def,
        FuseAttention.Def,
        FuseBatchNorm.Def,
        FuseInputScale.Def,
        FusePad.Def,
        FuseThresholds.Def,
        InferShapes.Def,
        InlineBranches.Def,
        IntegerLayerNorm.Def,
        RecognizeAttention.Def,
        RecognizeDeform.Def,
        RecognizeGelu.Def,
        RecognizeGroupNorm.Def,
        RecognizeL2Norm.Def,
        RecognizeLayerNorm.Def,
        RecognizeMoe.Def,
        RecognizeSilu.Def,
        ReorderAttention.Def,
        ReorderPatches.Def,
        ScaleChannels.Def,
        StateIntegers.Def,
    ];
}
