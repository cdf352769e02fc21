using System.Collections.Immutable;
using Edgec.Check;
using Edgec.Emit.C;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Emit.C;

/// <summary>Every kernel shape in generated C against the reference kernels: equal in integers, within the bound in float.</summary>
public sealed class CKernelTests
{
    private static readonly ImmutableArray<string> Warnings = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"];

    public static TheoryData<string, string> Toolchains => new(
        from family in (string[])["windows", "sums", "panels", "4-bit weights", "grouped weights", "branches", "16-bit windows", "16-bit sums", "16-bit elements", "moves", "elements", "selections", "deformable", "experts", "float windows", "float sums", "float elements", "float deformable"]
        from tools in (string[])["gcc", "clang", "aarch64", "sanitized"]
        select (family, tools));

    [Theory]
    [MemberData(nameof(Toolchains))]
    public void Kernels_compute_as_the_reference(string family, string tools)
    {
        using var bundle = new CBundle(KernelCase.Plan("kernels", Cases(family), panels: family == "panels"));
        bundle.AssertAsReference(Toolchain(tools));
    }

    private static IEnumerable<KernelCase> Cases(string family) => family switch
    {
        "windows" => KernelCases.Windows(ElementType.I8, 12),
        "sums" => [.. KernelCases.Matmuls(ElementType.I8), .. KernelCases.Reductions(ElementType.I8)],
        "panels" => [.. KernelCases.Windows(ElementType.I8, 12), .. KernelCases.Matmuls(ElementType.I8)],
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

    private static CToolchain Toolchain(string tools) => tools switch
    {
        "gcc" => new("gcc", [.. CBackend.Flags, .. Warnings, "-march=x86-64-v3"], null),
        "clang" => new("clang", [.. CBackend.Flags, .. Warnings, "-march=x86-64-v3"], null),
        "aarch64" => new("aarch64-linux-gnu-gcc", ["-std=c11", "-O2", .. Warnings, "-march=armv8-a"], "qemu-aarch64"),
        "sanitized" => new("gcc", ["-std=c11", "-O1", "-g", .. Warnings, "-fsanitize=address,undefined", "-fno-sanitize-recover=all"], null),
        _ => throw new ArgumentOutOfRangeException(nameof(tools)),
    };
}
