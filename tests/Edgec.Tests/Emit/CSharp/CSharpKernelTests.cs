using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Emit.CSharp;

/// <summary>Every kernel shape in generated C# against the reference kernels, bit by bit, floats too.</summary>
public sealed class CSharpKernelTests
{
    [Theory]
    [InlineData("windows")]
    [InlineData("sums")]
    [InlineData("4-bit weights")]
    [InlineData("grouped weights")]
    [InlineData("16-bit windows")]
    [InlineData("16-bit sums")]
    [InlineData("16-bit elements")]
    [InlineData("moves")]
    [InlineData("elements")]
    [InlineData("deformable")]
    [InlineData("float deformable")]
    [InlineData("experts")]
    [InlineData("selections")]
    [InlineData("float windows")]
    [InlineData("float sums")]
    [InlineData("float elements")]
    public void Kernels_compute_as_the_reference(string family)
    {
        using var bundle = new CSharpBundle(KernelCase.Plan("kernels", Cases(family)));
        bundle.AssertAsReference();
    }

    private static IEnumerable<KernelCase> Cases(string family) => family switch
    {
        "windows" => KernelCases.Windows(ElementType.I8, 20),
        "sums" => [.. KernelCases.Matmuls(ElementType.I8), .. KernelCases.Reductions(ElementType.I8)],
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
        "float windows" => KernelCases.Windows(ElementType.F32, 10),
        "float sums" => [.. KernelCases.Matmuls(ElementType.F32), .. KernelCases.Reductions(ElementType.F32)],
        "float elements" => [.. ElementwiseCases.FloatMaps(), .. ElementwiseCases.FloatRows(), .. ElementwiseCases.Norms(ElementType.F32), .. ElementwiseCases.Indices(ElementType.F32)],
        _ => throw new ArgumentOutOfRangeException(nameof(family)),
    };
}
