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
        AttentionKernel { Geometry: var g } => (long)g.Batch * g.Rows * g.Columns * (g.Inner + g.Width),
        _ => 0,
    };

    /// <summary>Elements the kernel's inner step runs over: windows' positions, elements moved, mapped, reduced.</summary>
    public static long Steps(Kernel kernel) => kernel switch
    {
        WindowKernel { Geometry: var g, Mode: not WindowMode.Convolution } =>
            (long)g.Batch * g.OutHeight * g.OutWidth * g.OutChannels * g.KernelHeight * g.KernelWidth,
        WindowKernel or MatmulKernel or AttentionKernel or DeformKernel or BranchedKernel => Macs(kernel),
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
