using Edgec.Diagnostics;
using Edgec.Evaluate;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Targets;
using Edgec.Tests.Backends;
using Edgec.Tests.Import;
using Edgec.Tests.Ops;
using Xunit;

namespace Edgec.Tests.Passes;

/// <summary>Loops over experts as they are exported, from the file to bundles.</summary>
public sealed class ExportedMixtureTests
{
    public static TheoryData<bool, bool, bool> Forms => new(
        from looped in new[] { false, true }
        from selects in new[] { false, true }
        from gated in new[] { false, true }
        select (looped, selects, gated));

    [Theory]
    [MemberData(nameof(Forms))]
    public void Experts_are_found_and_compute_what_ONNX_Runtime_computes(bool looped, bool selects, bool gated)
    {
        (ModelBuilder model, Graph canonical, Graph optimized, DiagnosticBag bag) = Prepare(looped, selects, gated);
        Dictionary<string, Tensor> inputs = RandomInputs.For(canonical);
        Tensor expected = OnnxOracle.Run(model.Model, inputs)[0];
        foreach (Graph graph in new[] { canonical, optimized })
        {
            Tensor actual = GraphEvaluator.Evaluate(graph, inputs)["z"];
            Assert.Equal(expected.Shape, actual.Shape);
            Assert.All(Enumerable.Range(0, expected.Count), i => Assert.Equal(expected.Number(i), actual.Number(i), 1e-5));
        }

        Assert.True(optimized.Nodes.Count(node => node.Op is ExpertMatMul) == (gated ? 3 : 2), GraphPrinter.Print(optimized) + string.Join('\n', bag.Items));
        Assert.DoesNotContain(optimized.Nodes, node => node.Op is ScatterOperator or Where or Compare);
        Assert.Empty(bag.Items);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void All_forms_become_the_same_integers(bool gated)
    {
        var results = new List<float[]>();
        foreach ((bool looped, bool selects, bool also) in Forms.Select(row => row.Data).Where(form => form.Item3 == gated))
        {
            (_, Graph canonical, _, _) = Prepare(looped, selects, also);
            results.Add(Evaluator.Run(Planner.Plan(BuiltBundle.Quantize(canonical), new PlanOptions(), "test"), RandomInputs.For(canonical))["z"].Span<float>().ToArray());
        }

        Assert.All(results, result => Assert.Equal(results[0], result));
    }

    [Theory]
    [InlineData("csharp", false)]
    [InlineData("csharp", true)]
    [InlineData("x86-64-v3", true)]
    [InlineData("cortex-a72", true)]
    [InlineData("ultra96", true)]
    public void Bundles_compute_it_bit_by_bit(string target, bool gated)
    {
        (_, Graph canonical, _, _) = Prepare(true, true, gated);
        Assert.Empty(BuiltBundle.Compare(BuiltBundle.Quantize(canonical), TargetCatalog.Load(target)).Where(layer => !layer.Passed)
            .Select(layer => $"{layer.Index} {layer.Name} ({layer.Kernel}): {layer.Differing} of {layer.Elements}, {layer.First}"));
    }

    // x[m] = relu(x[m] · w) where m = x · g > 0
    [Theory]
    [InlineData("csharp")]
    [InlineData("x86-64-v3")]
    [InlineData("ultra96")]
    public void Rows_that_are_selected_without_experts_are_computed_too(string target)
    {
        ModelBuilder model = new ModelBuilder().Input("x", 5, 4).Output("y")
            .Floats("g", [4, 1], 0.5f, -0.25f, 0.75f, 1).Floats("w", [4, 4], [.. Enumerable.Range(0, 16).Select(i => (i * 7 % 16 - 8) / 8f)]).Floats("zero", [], 0).Longs("n", [1], 5)
            .Node("MatMul", "x g", "l").Node("Greater", "l zero", "c").Node("Reshape", "c n", "m").Node("NonZero", "m", "f").Node("Transpose", "f", "p")
            .Node("GatherND", "x p", "r").Node("MatMul", "r w", "h").Node("Relu", "h", "a").Node("ScatterND", "x p a", "y");
        var bag = new DiagnosticBag();
        Graph canonical = Pipelines.Canonical.Run(model.Import(bag), new("m.onnx", bag));
        Dictionary<string, Tensor> inputs = RandomInputs.For(canonical);
        Tensor expected = OnnxOracle.Run(model.Model, inputs)[0], actual = GraphEvaluator.Evaluate(canonical, inputs)["y"];
        Assert.All(Enumerable.Range(0, expected.Count), i => Assert.Equal(expected.Number(i), actual.Number(i), 1e-5));
        Assert.Empty(BuiltBundle.Compare(BuiltBundle.Quantize(canonical), TargetCatalog.Load(target)).Where(layer => !layer.Passed)
            .Select(layer => $"{layer.Index} {layer.Name} ({layer.Kernel}): {layer.Differing} of {layer.Elements}, {layer.First}"));
    }

    private static (ModelBuilder Model, Graph Canonical, Graph Optimized, DiagnosticBag Bag) Prepare(bool looped, bool selects, bool gated)
    {
        ModelBuilder model = ExportedMixture.Of(looped, selects, gated);
        var bag = new DiagnosticBag();
        Graph canonical = Pipelines.Canonical.Run(model.Import(bag), new("m.onnx", bag));
        return (model, canonical, Pipelines.Optimize.Run(canonical, new("m.onnx", bag)), bag);
    }
}
