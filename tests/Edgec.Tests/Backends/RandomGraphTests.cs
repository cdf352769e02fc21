using Edgec.Check;
using Edgec.Diagnostics;
using Edgec.Evaluate;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Plan;
using Edgec.Quantize.Precision;
using Edgec.Quantize.Weights;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Targets;
using Edgec.Tests.Passes;
using Xunit;

namespace Edgec.Tests.Backends;

/// <summary>Random networks through every backend: equal to the reference in every layer.</summary>
public sealed class RandomGraphTests
{
    // The long sweep goes behind ./test --all.
    private static readonly int Few = Environment.GetEnvironmentVariable("EDGEC_ALL") is null ? 1 : 10;

    public static TheoryData<string, int> Cases()
    {
        var cases = new TheoryData<string, int>();
        foreach ((string target, int count) in new[] { ("x86-64-v3", 8), ("cortex-a72", 3), ("ultra96", 4), ("pynq-z2", 1), ("csharp", 8) })
        {
            for (int seed = 0; seed < count * Few; seed++)
                cases.Add(target, seed + 100 * target.Length);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_layer_is_equal(string target, int seed)
    {
        bool processors = TargetCatalog.Load(target) is not FpgaTarget;
        Graph typed = BuiltBundle.Quantize(RandomGraph.Of(seed, processors && seed % 2 == 1));
        Assert.All(typed.Nodes, node => Assert.NotEqual(ElementType.F32, typed.TypeOf(node.Output).Element));
        AssertPassed(BuiltBundle.Compare(typed, TargetCatalog.Load(target)));
    }

    [Theory]
    [InlineData("x86-64-v3", RoundingProfile.Onnx, 1)]
    [InlineData("x86-64-v3", RoundingProfile.Tflite, 2)]
    [InlineData("x86-64-v3", RoundingProfile.Truncate, 3)]
    [InlineData("cortex-a72", RoundingProfile.Onnx, 4)]
    [InlineData("cortex-a72", RoundingProfile.Tflite, 5)]
    [InlineData("csharp", RoundingProfile.Onnx, 6)]
    [InlineData("csharp", RoundingProfile.Tflite, 7)]
    [InlineData("csharp", RoundingProfile.Truncate, 8)]
    [InlineData("ultra96", RoundingProfile.Onnx, 9)]
    [InlineData("ultra96", RoundingProfile.Tflite, 10)]
    [InlineData("ultra96", RoundingProfile.Truncate, 11)]
    public void Every_layer_is_equal_in_every_rounding_profile(string target, RoundingProfile profile, int seed)
    {
        Graph typed = BuiltBundle.Quantize(RandomGraph.Of(seed)).With(rounding: profile);
        Assert.Contains(Planner.Plan(typed, new PlanOptions(), "test").Steps, step => KernelRounding.Of(step.Kernel) == profile);
        AssertPassed(BuiltBundle.Compare(typed, TargetCatalog.Load(target)));
    }

    [Theory]
    [InlineData("x86-64-v3", 61, RoundingProfile.Single)]
    [InlineData("ultra96", 62, RoundingProfile.Single)]
    [InlineData("ultra96", 63, RoundingProfile.Onnx)]
    [InlineData("ultra96", 64, RoundingProfile.Tflite)]
    [InlineData("pynq-z2", 65, RoundingProfile.Truncate)]
    [InlineData("csharp", 66, RoundingProfile.Single)]
    public void Every_layer_with_interpolated_images_is_equal(string target, int seed, RoundingProfile profile)
    {
        Graph typed = BuiltBundle.Quantize(RandomGraph.Of(seed, resizes: true)).With(rounding: profile);
        Assert.Contains(Planner.Plan(typed, new PlanOptions(), "test").Steps, step => step.Kernel is ResampleKernel);
        AssertPassed(BuiltBundle.Compare(typed, TargetCatalog.Load(target)));
    }

    [Theory]
    [InlineData("ultra96", 111, RoundingProfile.Single)]
    [InlineData("ultra96", 112, RoundingProfile.Single)]
    [InlineData("zcu102", 113, RoundingProfile.Onnx)]
    [InlineData("zcu102", 114, RoundingProfile.Truncate)]
    public void Every_layer_with_selection_at_run_time_is_equal(string target, int seed, RoundingProfile profile)
    {
        Graph typed = BuiltBundle.Quantize(RandomGraph.Of(seed, selects: true)).With(rounding: profile);
        Assert.Contains(
            Planner.Plan(typed, new PlanOptions(), "test").Steps, step => step.Kernel is SelectKernel or ScatterKernel or GroupNormKernel or MapKernel { Step: ChooseStep });
        AssertPassed(BuiltBundle.Compare(typed, TargetCatalog.Load(target)));
    }

    [Theory]
    [InlineData("x86-64-v3", 71, RoundingProfile.Single)]
    [InlineData("x86-64-v3", 72, RoundingProfile.Onnx)]
    [InlineData("cortex-a72", 73, RoundingProfile.Single)]
    [InlineData("csharp", 74, RoundingProfile.Tflite)]
    [InlineData("ultra96", 75, RoundingProfile.Single)]
    [InlineData("ultra96", 76, RoundingProfile.Onnx)]
    public void Every_layer_with_mixtures_of_experts_is_equal(string target, int seed, RoundingProfile profile)
    {
        bool processors = TargetCatalog.Load(target) is not FpgaTarget;
        Graph typed = BuiltBundle.Quantize(RandomGraph.Of(seed, processors, mixtures: true)).With(rounding: profile);
        if (!processors)
            typed = new ReorderPatches().Run(typed, new("random", new DiagnosticBag())); // engines have no other order
        Assert.All(typed.Nodes, node => Assert.True(typed.TypeOf(node.Output).Element != ElementType.F32, $"{node}"));
        Assert.Contains(Planner.Plan(typed, new PlanOptions(), "test").Steps, step => step.Kernel is ExpertMatmulKernel);
        AssertPassed(BuiltBundle.Compare(typed, TargetCatalog.Load(target)));
    }

    [Fact]
    public void The_order_of_experts_changes_no_bit()
    {
        for (int seed = 80; seed < 90; seed++)
        {
            Graph canonical = RandomGraph.Of(seed, processors: true, mixtures: true), typed = BuiltBundle.Quantize(canonical);
            Dictionary<string, Tensor> inputs = RandomInputs.For(canonical);
            var results = new[] { false, true }.Select(byExpert =>
            {
                Graph ordered = new ReorderPatches(byExpert).Run(typed, new("random", new DiagnosticBag()));
                ModelPlan plan = Planner.Plan(ordered, new PlanOptions(), "test");
                Assert.All(plan.Steps.Select(step => step.Kernel).OfType<ExpertMatmulKernel>(), k => Assert.Equal(byExpert, k.Geometry.ByExpert));
                return Evaluator.Run(plan, inputs);
            }).ToArray();
            foreach (string output in typed.Outputs)
                Assert.Equal(results[0][output].Bytes, results[1][output].Bytes);
        }
    }

    [Theory]
    [InlineData("x86-64-v3", 21, RoundingProfile.Single)]
    [InlineData("x86-64-v3", 22, RoundingProfile.Onnx)]
    [InlineData("x86-64-v3", 23, RoundingProfile.Tflite)]
    [InlineData("cortex-a72", 24, RoundingProfile.Single)]
    [InlineData("cortex-a72", 25, RoundingProfile.Truncate)]
    [InlineData("csharp", 26, RoundingProfile.Single)]
    [InlineData("csharp", 27, RoundingProfile.Onnx)]
    public void Every_layer_of_mixed_widths_is_equal(string target, int seed, RoundingProfile profile)
    {
        Graph canonical = RandomGraph.Of(seed, processors: true), optimized = BuiltBundle.Optimize(canonical);
        var random = new Random(seed);
        LayerPrecision[] widths = [LayerPrecision.W8A8, LayerPrecision.W4A8, LayerPrecision.W8A16, LayerPrecision.W8A16, LayerPrecision.W4A16];
        PrecisionPlan plan = optimized.Nodes.Aggregate(PrecisionPlan.W8A8, (p, node) => p.With(node.Output, widths[random.Next(widths.Length)]));
        Graph typed = BuiltBundle.Quantize(canonical, plan).With(rounding: profile);
        Assert.All(typed.Nodes, node => Assert.NotEqual(ElementType.F32, typed.TypeOf(node.Output).Element));
        Assert.Contains(typed.Nodes, node => typed.TypeOf(node.Output).Element == ElementType.I16);
        AssertPassed(BuiltBundle.Compare(typed, TargetCatalog.Load(target)));
    }

    [Theory]
    [InlineData("x86-64-v3", 1, 0)]
    [InlineData("x86-64-v3", 12, 6)]
    [InlineData("cortex-a72", 2, 0)]
    [InlineData("cortex-a72", 5, 7)]
    [InlineData("ultra96", 3, 0)]
    [InlineData("csharp", 4, 8)]
    public void Every_layer_with_weights_of_four_bits_is_equal(string target, int seed, int group)
    {
        LayerPrecision precision = LayerPrecision.W4A8 with { WeightGroup = group };
        Graph typed = BuiltBundle.Quantize(RandomGraph.Of(seed), new(precision, precision, []));
        Assert.Equal(group > 0, typed.Types.Values.Any(type => type.Quantization?.Groups is not null));
        Assert.Contains(typed.Constants.Values, constant => constant.Element == ElementType.I4);
        AssertPassed(BuiltBundle.Compare(typed, TargetCatalog.Load(target)));
    }

    [Theory]
    [InlineData("x86-64-v3", 1, RoundingProfile.Single)]
    [InlineData("x86-64-v3", 11, RoundingProfile.Onnx)]
    [InlineData("cortex-a72", 2, RoundingProfile.Single)]
    [InlineData("csharp", 4, RoundingProfile.Tflite)]
    public void Every_layer_with_a_low_rank_branch_is_equal(string target, int seed, RoundingProfile profile)
    {
        var random = new Random(seed);
        Graph canonical = RandomGraph.Of(seed), optimized = BuiltBundle.Optimize(canonical);
        PrecisionPlan plan = optimized.Nodes.Select(node => WeightedLayer.Of(optimized, node)).OfType<WeightedLayer>()
            .Where(layer => layer.Groups == 1 && Math.Min(layer.Outputs, layer.Inner) > 2)
            .Aggregate(PrecisionPlan.W8A8, (p, layer) => p.With(layer.Node.Output, (random.Next(2) == 0 ? LayerPrecision.W4A8 : LayerPrecision.W4A16) with { Rank = random.Next(1, 3) }));
        Graph typed = BuiltBundle.Quantize(canonical, plan).With(rounding: profile);
        Assert.Contains(typed.Nodes, node => node.Op is Branched && typed.TypeOf(node.Inputs[3]).Element == ElementType.I16);
        AssertPassed(BuiltBundle.Compare(typed, TargetCatalog.Load(target)));
    }

    [Theory]
    [InlineData("x86-64-v3", 9)]
    [InlineData("x86-64-v3", 18)]
    [InlineData("cortex-a72", 11)]
    [InlineData("ultra96", 22)]
    [InlineData("ultra96", 40)]
    [InlineData("csharp", 12)]
    public void Every_layer_with_channels_of_eight_and_of_four_bits_is_equal(string target, int seed)
    {
        Graph canonical = RandomGraph.Of(seed);
        Graph typed = BuiltBundle.Quantize(canonical, RandomWidths.Of(BuiltBundle.Optimize(canonical), seed));
        Assert.Contains(typed.Nodes, node => node.Output.EndsWith("_narrow", StringComparison.Ordinal));
        AssertPassed(BuiltBundle.Compare(typed, TargetCatalog.Load(target)));
    }

    [Theory]
    [InlineData("x86-64-v3", 1)]
    [InlineData("x86-64-v3", 2)]
    [InlineData("cortex-a72", 3)]
    [InlineData("csharp", 4)]
    public void Every_float_layer_is_within_its_bound(string target, int seed) =>
        AssertPassed(BuiltBundle.Compare(BuiltBundle.Optimize(RandomGraph.Of(seed)), TargetCatalog.Load(target)));

    [Fact]
    public void Passes_keep_the_answer_and_quantizing_stays_near_it()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Graph canonical = RandomGraph.Of(seed);
            Graph optimized = BuiltBundle.Optimize(canonical);
            RandomInputs.AssertSameAnswer(canonical, optimized);
            ModelPlan plan = Planner.Plan(optimized, new PlanOptions(), "test");
            Dictionary<string, Tensor> inputs = RandomInputs.For(canonical);
            var expected = GraphEvaluator.Evaluate(canonical, inputs);
            var actual = Evaluator.Run(plan, inputs);
            foreach (string output in canonical.Outputs)
                Assert.InRange(Largest(expected[output], actual[output]), 0, 1e-4);
        }
    }

    private static void AssertPassed(IEnumerable<LayerResult> layers) =>
        Assert.Empty(layers.Where(layer => !layer.Passed).Select(layer => $"{layer.Index} {layer.Name} ({layer.Kernel}): {layer.Differing} of {layer.Elements}, {layer.First}"));

    private static double Largest(Tensor a, Tensor b)
    {
        double difference = 0, most = 1e-6;
        for (int i = 0; i < a.Count; i++)
        {
            difference = Math.Max(difference, Math.Abs(a.Number(i) - b.Number(i)));
            most = Math.Max(most, Math.Abs(a.Number(i)));
        }

        return difference / most;
    }
}
