using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Kernels;
using Edgec.Passes;
using Edgec.Plan;
using Edgec.Runtime.Kernels;
using Edgec.Targets;
using Xunit;

namespace Edgec.Tests.Backends;

/// <summary>Random networks of attention, masked or not: every form is one kernel, equal to the reference in every layer.</summary>
public sealed class RandomAttentionGraphTests
{
    [Theory]
    [InlineData("x86-64-v3", 1, RoundingProfile.Single)]
    [InlineData("x86-64-v3", 2, RoundingProfile.Onnx)]
    [InlineData("x86-64-v3", 3, RoundingProfile.Tflite)]
    [InlineData("cortex-a72", 4, RoundingProfile.Single)]
    [InlineData("cortex-a72", 5, RoundingProfile.Truncate)]
    [InlineData("csharp", 6, RoundingProfile.Single)]
    [InlineData("csharp", 7, RoundingProfile.Onnx)]
    public void Every_layer_is_equal(string target, int seed, RoundingProfile profile)
    {
        Graph typed = Fused(seed).With(rounding: profile);
        Assert.Empty(BuiltBundle.Compare(typed, TargetCatalog.Load(target)).Where(layer => !layer.Passed)
            .Select(layer => $"{layer.Index} {layer.Name} ({layer.Kernel}): {layer.Differing} of {layer.Elements}, {layer.First}"));
    }

    [Fact]
    public void Every_form_is_one_kernel()
    {
        int biased = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            Graph fused = Fused(seed);
            AttentionKernel[] kernels = [.. Planner.Plan(fused, new PlanOptions(), "test").Steps.Select(step => step.Kernel).OfType<AttentionKernel>()];
            Assert.True(kernels.Length == RandomAttentionGraph.Layers, $"seed {seed}: {GraphPrinter.Print(fused)}");
            biased += kernels.Count(kernel => kernel.Bias is not null);
        }

        Assert.InRange(biased, 40, 110);
    }

    private static Graph Fused(int seed) =>
        Pipelines.Quantized.Run(BuiltBundle.Quantize(RandomAttentionGraph.Of(seed)), new PassContext("test", new DiagnosticBag()));
}
