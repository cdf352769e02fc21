using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Quantize.Precision;
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
        Assert.Empty(BuiltBundle.Compare(typed, TargetCatalog.Load(target)).Where(layer => !layer.Passed)
            .Select(layer => $"{layer.Index} {layer.Name} ({layer.Kernel}): {layer.Differing} of {layer.Elements}, {layer.First}"));
    }
}
