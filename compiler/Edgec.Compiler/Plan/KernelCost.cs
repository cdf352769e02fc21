using Edgec.Kernels;

namespace Edgec.Plan;

/// <summary>Multiply-accumulates of a kernel: the one place that counts them.</summary>
public static class KernelCost
{
    public static long Macs(Kernel kernel) => kernel switch
    {
        WindowKernel { Mode: WindowMode.Convolution, Geometry: var g } =>
            (long)g.Batch * g.OutHeight * g.OutWidth * g.OutChannels * g.KernelHeight * g.KernelWidth * (g.Channels / g.Groups),
        DeformKernel { Geometry: var g } => (long)g.Batch * g.OutHeight * g.OutWidth * g.OutChannels * g.KernelHeight * g.KernelWidth * (g.Channels / g.Groups),
        BranchedKernel { Geometry: var g } k =>
            (long)g.Batch * g.OutHeight * g.OutWidth * g.OutChannels * (g.KernelHeight * g.KernelWidth * g.Channels + k.Rank),
        MatmulKernel { Geometry: var g } => (long)g.Batch * g.Rows * g.Inner * g.Columns,
        ExpertMatmulKernel { Geometry: var g } => (long)g.ResultRows * g.Inner * g.Columns,
        AttentionKernel { Geometry: var g } => (long)g.Batch * g.Rows * g.Columns * (g.Inner + g.Width),
        _ => 0,
    };

    /// <summary>
    /// Products that make the samples of a deformable convolution: six between four neighbours, none where offsets are whole, and one with a
    /// mask. CoDeNet, §3, counts them so. Each sample is taken once for all output channels.
    /// </summary>
    public static long SampleProducts(Kernel kernel) => kernel is DeformKernel { Geometry: var g } k
        ? (long)g.Batch * g.OutHeight * g.OutWidth * g.KernelHeight * g.KernelWidth * g.Channels * ((k.Sampling.Fraction == 0 ? 0 : 6) + (k.Masked ? 1 : 0))
        : 0;

    /// <summary>
    /// Bytes of the rows of an image that must be at hand to sample it: 2 · reach + 2, rows come in one by one before the first of them is let
    /// go (docs/numerics.md), all of them where nothing bounds the reach. 0 for what is no deformable convolution.
    /// </summary>
    public static long SampledBytes(Kernel kernel) => kernel is DeformKernel { Geometry: var g } k
        ? Math.Min(2L * k.Sampling.Reach(g) + 2, g.Height) * g.Width * g.Channels
        : 0;

    /// <summary>Elements the kernel's inner step runs over: windows' positions, elements moved, mapped, reduced.</summary>
    public static long Steps(Kernel kernel) => kernel switch
    {
        WindowKernel { Geometry: var g, Mode: not WindowMode.Convolution } =>
            (long)g.Batch * g.OutHeight * g.OutWidth * g.OutChannels * g.KernelHeight * g.KernelWidth,
        WindowKernel or MatmulKernel or ExpertMatmulKernel or AttentionKernel or DeformKernel or BranchedKernel => Macs(kernel),
        MapKernel { Geometry: var g } => g.Count,
        TableKernel k => k.Count,
        ReduceKernel { Geometry: var g } => (long)g.Outer * g.Length * g.Inner,
        RowNormKernel { Geometry: var g } => (long)g.Outer * g.Length * g.Inner,
        GroupNormKernel { Geometry: var g } => (long)g.Rows * g.Count,
        ResampleKernel { Geometry: var g } => g.Count * g.RowTaps * g.ColumnTaps,
        MoveKernel k => k.Count,
        GatherKernel { Geometry: var g } => (long)g.Rows * g.Inner,
        ScatterKernel { Geometry: var g } k => k.Count + (long)g.Rows * g.Inner,
        SelectKernel { Geometry: var g } => (long)g.Outer * g.Length * g.Inner,
        ConvertKernel k => k.Count,
        _ => 0,
    };
}
