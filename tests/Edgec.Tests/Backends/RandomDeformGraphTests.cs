using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Quantize.Precision;
using Edgec.Runtime;
using Edgec.Targets;
using Xunit;

namespace Edgec.Tests.Backends;

/// <summary>Random networks of deformable convolutions through every backend: equal to the reference in every layer.</summary>
public sealed class RandomDeformGraphTests
{
    [Theory]
    [InlineData("ultra96", 1, false)]
    [InlineData("ultra96", 2, true)]
    [InlineData("ultra96", 3, false)]
    [InlineData("pynq-z2", 4, true)]
    [InlineData("x86-64-v3", 5, false)]
    [InlineData("x86-64-v3", 6, true)]
    [InlineData("cortex-a72", 7, true)]
    [InlineData("csharp", 8, false)]
    public void Every_layer_is_equal(string target, int seed, bool packed)
    {
        LayerPrecision precision = packed ? LayerPrecision.W4A8 : LayerPrecision.W8A8;
        Graph typed = BuiltBundle.Quantize(RandomDeformGraph.Of(seed), new(precision, precision, []));
        Assert.Equal(3, Planner.Plan(typed, new PlanOptions(), "test").Steps.Count(step => step.Kernel is DeformKernel { Finish: IntegerFinish }));
        AssertEqual(typed, TargetCatalog.Load(target));
    }

    // Masks that the network computes have 8 bits on FPGAs and 16 elsewhere.
    [Theory]
    [InlineData("ultra96", 11, false)]
    [InlineData("ultra96", 12, true)]
    [InlineData("pynq-z2", 13, false)]
    [InlineData("x86-64-v3", 11, false)]
    [InlineData("csharp", 12, true)]
    public void Every_layer_with_masks_is_equal(string target, int seed, bool packed)
    {
        Target board = TargetCatalog.Load(target);
        LayerPrecision precision = packed ? LayerPrecision.W4A8 : LayerPrecision.W8A8;
        Graph typed = BuiltBundle.Quantize(RandomDeformGraph.Of(seed, masked: true), new(precision, precision, []), narrow: board is FpgaTarget);
        AssertMasks(typed, board is FpgaTarget ? ElementType.I8 : ElementType.I16);
        AssertEqual(typed, board);
    }

    // Either width on a backend that has both.
    [Theory]
    [InlineData("x86-64-v3")]
    [InlineData("csharp")]
    public void Masks_of_8_bits_run_everywhere(string target)
    {
        Graph typed = BuiltBundle.Quantize(RandomDeformGraph.Of(14, masked: true), narrow: true);
        AssertMasks(typed, ElementType.I8);
        AssertEqual(typed, TargetCatalog.Load(target));
    }

    private static void AssertMasks(Graph typed, ElementType element)
    {
        ModelPlan plan = Planner.Plan(typed, new PlanOptions(), "test");
        PlanStep[] steps = [.. plan.Steps.Where(step => step.Kernel is DeformKernel { Masked: true, Finish: IntegerFinish })];
        Assert.Equal(3, steps.Length);
        Assert.All(steps, step => Assert.Equal(element, plan.Values[step.Operands[2]].Type.Element));
        Assert.All(steps, step => Assert.Equal(element == ElementType.I8 ? -128 : 0, ((DeformKernel)step.Kernel).MaskZero));
    }

    private static void AssertEqual(Graph typed, Target target) =>
        Assert.Empty(BuiltBundle.Compare(typed, target).Where(layer => !layer.Passed)
            .Select(layer => $"{layer.Index} {layer.Name} ({layer.Kernel}): {layer.Differing} of {layer.Elements}, {layer.First}"));
}
