using System.Collections.Immutable;
using Edgec.Check;
using Edgec.Emit.C;
using Edgec.Plan;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Emit.C;

/// <summary>
/// Every kernel shape in generated C against the reference kernels: equal in integers, within the bound in float. A class for each toolchain,
/// so that they run at the same time.
/// </summary>
public abstract class CKernelTests
{
    private static readonly ImmutableArray<string> Warnings = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"];

    public static TheoryData<string> Families =>
        ["windows", "sums", "panels", "4-bit weights", "grouped weights", "branches", "16-bit windows", "16-bit sums", "16-bit elements", "moves", "elements", "selections", "deformable", "experts", "float windows", "float sums", "float elements", "float deformable"];

    public static TheoryData<string> Chains => ["bands", "bands of panels", "bands of 4-bit weights", "bands of 4-bit panels", "bands of 16 bits", "bands of floats"];

    protected abstract CToolchain Toolchain { get; }

    [Theory]
    [MemberData(nameof(Families))]
    public void Kernels_compute_as_the_reference(string family)
    {
        using var bundle = new CBundle(KernelCase.Plan("kernels", Cases(family), panels: family == "panels"));
        bundle.AssertAsReference(Toolchain);
    }

    [Theory]
    [MemberData(nameof(Chains))]
    public void Steps_in_bands_compute_as_the_reference(string family)
    {
        using var bundle = new CBundle(family switch
        {
            "bands" => BandCases.Plan(1, ElementType.I8, 12),
            "bands of panels" => BandCases.Plan(2, ElementType.I8, 16, panels: true),
            "bands of 4-bit weights" => BandCases.Plan(3, ElementType.I8, 8, packed: true),
            "bands of 4-bit panels" => BandCases.Plan(6, ElementType.I8, 8, packed: true, panels: true),
            "bands of 16 bits" => BandCases.Plan(4, ElementType.I16, 8),
            _ => BandCases.Plan(5, ElementType.F32, 8),
        });
        bundle.AssertAsReference(Toolchain);
    }

    public sealed class OnGcc : CKernelTests
    {
        protected override CToolchain Toolchain => new("gcc", [.. CBackend.Flags, .. Warnings, $"-Wframe-larger-than={104 << 10}", "-march=x86-64-v3"], null);
    }

    public sealed class OnClang : CKernelTests
    {
        protected override CToolchain Toolchain => new("clang", [.. CBackend.Flags, .. Warnings, "-march=x86-64-v3"], null);
    }

    public sealed class OnArm : CKernelTests
    {
        protected override CToolchain Toolchain => new("aarch64-linux-gnu-gcc", ["-std=c11", "-O2", .. Warnings, "-march=armv8-a"], "qemu-aarch64");
    }

    public sealed class Sanitized : CKernelTests
    {
        protected override CToolchain Toolchain => new("gcc", ["-std=c11", "-O1", "-g", .. Warnings, "-fsanitize=address,undefined", "-fno-sanitize-recover=all"], null);
    }

    /// <summary>As on a processor whose vector unit no header knows.</summary>
    public sealed class OnPlain : CKernelTests
    {
        protected override CToolchain Toolchain => new("gcc", ["-std=c11", "-O1", .. Warnings, "-U__SSE2__"], null);
    }

    private static IEnumerable<KernelCase> Cases(string family) => family switch
    {
        "windows" => KernelCases.Windows(ElementType.I8, 12),
        "sums" => [.. KernelCases.Matmuls(ElementType.I8), .. KernelCases.Reductions(ElementType.I8)],
        "panels" => KernelCases.Windows(ElementType.I8, 12).Concat(KernelCases.Matmuls(ElementType.I8)).Concat(ExpertCases.All(ElementType.I8))
            .Concat(KernelCases.Packed(ElementType.I8)).Concat(KernelCases.Grouped()).Concat(KernelCases.Loud())
            .Where(c => WeightPanels.Constants(c.Kernel, ElementType.I8).Any(constant => constant.Role == WeightPanels.Role)),
        "4-bit weights" => KernelCases.Packed(ElementType.I8),
        "grouped weights" => KernelCases.Grouped(),
        "branches" => BranchedCases.All(),
        "16-bit windows" => KernelCases.Windows(ElementType.I16, 12),
        "16-bit sums" => [.. KernelCases.Matmuls(ElementType.I16), .. KernelCases.Reductions(ElementType.I16), .. KernelCases.Packed(ElementType.I16)],
        "16-bit elements" => [.. ElementwiseCases.WideMaps(), .. ElementwiseCases.Norms(ElementType.I16), .. KernelCases.Moves(ElementType.I16)],
        "moves" => [.. KernelCases.Moves(ElementType.I8), .. KernelCases.Moves(ElementType.F32), .. KernelCases.Moves(ElementType.I64)],
        "elements" => [.. ElementwiseCases.IntegerMaps(), .. ElementwiseCases.IntegerRows(), .. AttentionCases.All(), .. ElementwiseCases.Norms(ElementType.I8), .. ElementwiseCases.Indices(ElementType.I8), .. ElementwiseCases.Conversions()],
        "deformable" => DeformCases.All(ElementType.I8),
        "float deformable" => DeformCases.All(ElementType.F32),
        "selections" => SelectionCases.All(),
        "experts" => [.. ExpertCases.All(ElementType.I8), .. ExpertCases.All(ElementType.I16), .. ExpertCases.All(ElementType.F32)],
        "float windows" => KernelCases.Windows(ElementType.F32, 6),
        "float sums" => [.. KernelCases.Matmuls(ElementType.F32), .. KernelCases.Reductions(ElementType.F32)],
        "float elements" => [.. ElementwiseCases.FloatMaps(), .. ElementwiseCases.FloatRows(), .. ElementwiseCases.Norms(ElementType.F32), .. ElementwiseCases.Indices(ElementType.F32)],
        _ => throw new ArgumentOutOfRangeException(nameof(family)),
    };
}
