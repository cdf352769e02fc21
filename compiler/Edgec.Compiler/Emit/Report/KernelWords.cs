using Edgec.Kernels;

namespace Edgec.Emit.Report;

/// <summary>A kernel in a word or two.</summary>
internal static class KernelWords
{
    public static KernelFamily Family(Kernel kernel) => kernel switch
    {
        WindowKernel { Mode: WindowMode.Convolution } or DeformKernel or BranchedKernel => KernelFamily.Convolution,
        WindowKernel or ReduceKernel or SelectKernel => KernelFamily.Pool,
        MatmulKernel or ExpertMatmulKernel or AttentionKernel => KernelFamily.Matmul,
        RowNormKernel or GroupNormKernel => KernelFamily.Normalize,
        MoveKernel or GatherKernel or ScatterKernel => KernelFamily.Move,
        _ => KernelFamily.Elementwise,
    };

    public static string Of(Kernel kernel) => kernel switch
    {
        WindowKernel { Geometry: var g } k => $"{Window(k)} {g.KernelHeight}x{g.KernelWidth}{Stride(g.StrideY, g.StrideX)}",
        DeformKernel { Geometry: var g, Sampling: var s } k =>
            $"{(s.Square ? "square" : "free")} deform{(k.IsDepthwise ? " depthwise" : "")} {g.KernelHeight}x{g.KernelWidth}{Stride(g.StrideY, g.StrideX)}",
        BranchedKernel { Geometry: var g } => $"branched {g.KernelHeight}x{g.KernelWidth}{Stride(g.StrideY, g.StrideX)}",
        MatmulKernel { Weights: null } => "matmul, dynamic",
        ExpertMatmulKernel { Geometry: var g } => $"matmul, {g.Choices} of {g.Experts} experts",
        MapKernel { Step: FloatBinaryStep step } => Word(step.Function.ToString()),
        MapKernel { Step: FloatUnaryStep step } => Word(step.Function.ToString()),
        MapKernel { Step: CompareStep step } => Word(step.Function.ToString()),
        MapKernel { Step: FloatCompareStep step } => Word(step.Function.ToString()),
        MapKernel k => Step(k.Step),
        ReduceKernel k => $"reduce {Word(k.Mode.ToString())}",
        RowNormKernel k => Step(k.Step),
        GroupNormKernel k => Step(k.Step),
        ConvertKernel k => Word(k.Conversion.ToString()),
        _ => kernel.Shape,
    };

    private static string Window(WindowKernel kernel) => kernel.Mode switch
    {
        WindowMode.Maximum => "max pool",
        WindowMode.Average => "average pool",
        _ when kernel.Geometry.Groups == 1 => "conv",
        _ when kernel.IsDepthwise => "depthwise",
        _ => "grouped conv",
    };

    private static string Stride(int y, int x) => (y, x) switch
    {
        (1, 1) => "",
        _ when y == x => $"/{y}",
        _ => $"/{y}x{x}",
    };

    // FloatLayerNormStep, IntegerLayerNormStep => layer norm
    private static string Step(object step)
    {
        string name = step.GetType().Name[..^"Step".Length];
        string? prefix = Array.Find(["Float", "Integer"], p => name.StartsWith(p, StringComparison.Ordinal));
        return Word(name[(prefix?.Length ?? 0)..]);
    }

    // LayerNorm => layer norm
    private static string Word(string name) =>
        string.Concat(name.Select((c, i) => i > 0 && char.IsAsciiLetterUpper(c) ? $" {char.ToLowerInvariant(c)}" : char.ToLowerInvariant(c).ToString()));
}
