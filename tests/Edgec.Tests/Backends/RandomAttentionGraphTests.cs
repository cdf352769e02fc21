using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Kernels;
using Edgec.Ops;
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
    [InlineData("csharp", 11, RoundingProfile.Single)]
    [InlineData("x86-64-v3", 11, RoundingProfile.Single)]
    [InlineData("ultra96", 1, RoundingProfile.Single)]
    [InlineData("ultra96", 9, RoundingProfile.Single)]
    [InlineData("ultra96", 11, RoundingProfile.Single)]
    public void Every_layer_is_equal(string target, int seed, RoundingProfile profile)
    {
        Graph typed = Fused(seed).With(rounding: profile);
        Assert.Empty(BuiltBundle.Compare(typed, TargetCatalog.Load(target)).Where(layer => !layer.Passed)
            .Select(layer => $"{layer.Index} {layer.Name} ({layer.Kernel}): {layer.Differing} of {layer.Elements}, {layer.First}"));
    }

    [Fact]
    public void Every_form_is_one_kernel()
    {
        int biased = 0, computed = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            Graph fused = Fused(seed);
            AttentionKernel[] kernels = [.. Planner.Plan(fused, new PlanOptions(), "test").Steps.Select(step => step.Kernel).OfType<AttentionKernel>()];
            Assert.True(kernels.Length == RandomAttentionGraph.Layers, $"seed {seed}: {GraphPrinter.Print(fused)}");
            biased += kernels.Count(kernel => kernel.Bias is not null);
            computed += fused.Nodes.Count(node => node is { Op: Attention, Inputs: [_, _, _, var bias] } && fused.ConstantOf(bias) is null);
        }

        Assert.InRange(biased, 40, 110);
        Assert.InRange(computed, 20, 70);
    }

    private static Graph Fused(int seed) =>
        Pipelines.Quantized.Run(BuiltBundle.Quantize(RandomAttentionGraph.Of(seed)), new PassContext("test", new DiagnosticBag()));
}
