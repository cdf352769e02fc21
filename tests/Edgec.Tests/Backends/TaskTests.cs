using System.Collections.Immutable;
using Edgec.Check;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Targets;
using Edgec.Tests.Passes;
using Xunit;

namespace Edgec.Tests.Backends;

/// <summary>Bundles that are asked for one of their outputs: it is what they compute with all, and no step is done in vain.</summary>
public sealed class TaskTests
{
    // %a serves both, %y is an output that the other reads too.
    private const string Heads = """
        graph @heads canonical
          input %x : f32[1,6,6,8]
          %a = conv(%x, #w0, #b0) {kernel_shape=[3,3], pads=[1,1,1,1], activation=[0.0,inf], channels_last=1} : f32[1,6,6,8] ; Shared
          %y = conv(%a, #w1, #b1) {kernel_shape=[1,1], channels_last=1} : f32[1,6,6,4] ; First
          %p = conv(%a, #w2, #b2) {kernel_shape=[3,3], pads=[1,1,1,1], channels_last=1} : f32[1,6,6,4] ; Second
          %s = add(%p, %y) : f32[1,6,6,4] ; Sum
          %z = conv(%s, #w3, #b1) {kernel_shape=[1,1], channels_last=1} : f32[1,6,6,4] ; Last
          %q = conv(%a, #w3b, #b1) {kernel_shape=[1,1], channels_last=1} : f32[1,6,6,4] ; Third
          output %y
          output %z
          output %q
          const #w0 : f32[8,3,3,8] = random(1)
          const #b0 : f32[8] = random(2)
          const #w1 : f32[4,1,1,8] = random(3)
          const #b1 : f32[4] = [0.25,-0.5,0.0,1.0]
          const #w2 : f32[4,3,3,8] = random(5)
          const #b2 : f32[4] = [0.5,0.25,-1.0,0.0]
          const #w3 : f32[4,1,1,4] = random(7)
          const #w3b : f32[4,1,1,8] = random(8)
        """;

    [Theory]
    [InlineData("csharp")]
    [InlineData("x86-64-v3")]
    [InlineData("cortex-a72")]
    [InlineData("ultra96")]
    public void Each_task_alone_is_what_all_together_compute(string target) => AssertPassed(Typed(Heads), target);

    [Theory]
    [InlineData("csharp")]
    [InlineData("x86-64-v3")]
    [InlineData("cortex-a72")]
    [InlineData("ultra96")]
    public void Gates_over_the_same_experts_are_tasks(string target)
    {
        int seed = Enumerable.Range(0, 50).First(s => RandomMixture.Of(s, MixtureForm.Dense).Outputs.Length == 2);
        Graph canonical = Pipelines.Canonical.Run(RandomMixture.Of(seed, MixtureForm.Unrolled), new("mixture.onnx", new DiagnosticBag()));
        AssertPassed(BuiltBundle.Quantize(canonical).With(byTask: true), target);
    }

    [Fact]
    public void A_step_knows_the_outputs_that_need_it()
    {
        ModelPlan plan = Planner.Plan(Typed(Heads), new PlanOptions(), "test");
        Dictionary<string, uint> tasks = plan.Steps.ToDictionary(step => plan.Values[step.Result].Name, step => step.Tasks);
        Assert.Equal([0b111u, 0b011u, 0b010u, 0b010u, 0b010u, 0b100u], new[] { "a", "y", "p", "s", "z", "q" }.Select(name => tasks[name]));
        Assert.Equal(3, plan.Tasks);
        Assert.Contains(" tasks=3\n", PlanPrinter.Print(plan), StringComparison.Ordinal);
        Assert.Contains(" for=0,1 ", PlanPrinter.Print(plan), StringComparison.Ordinal);
        Assert.Equal(0, Planner.Plan(Typed(Heads).With(byTask: false), new PlanOptions(), "test").Tasks);
    }

    [Fact]
    public void The_text_form_says_that_outputs_are_tasks()
    {
        string text = GraphPrinter.Print(Typed(Heads));
        Assert.StartsWith("graph @heads quantized outputs=by-task\n", text, StringComparison.Ordinal);
        var bag = new DiagnosticBag();
        Assert.Equal(text, GraphPrinter.Print(GraphParser.Parse(text, "t.ir", bag)!));
        Assert.Null(GraphParser.Parse("graph @t canonical outputs=some\n", "t.ir", bag));
        Assert.Contains("all or by-task, not some", bag.Items[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_pass_asks_for_the_argument_and_takes_it_back()
    {
        Graph graph = Parse(Heads);
        Graph asked = PassList.Parse("reorder-patches{task=argument}", PassTable.All, new DiagnosticBag())!.Value[0].Run(graph, new("t", new DiagnosticBag()));
        Assert.True(asked.ByTask);
        Assert.False(new ReorderPatches().Run(asked, new("t", new DiagnosticBag())).ByTask);
        Assert.Same(graph, new ReorderPatches().Run(graph, new("t", new DiagnosticBag())));
        var bag = new DiagnosticBag();
        PassList.Parse("reorder-patches{task=third}", PassTable.All, bag);
        Assert.Contains("task is all or argument, not third", Assert.Single(bag.Items).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_tasks_than_a_word_has_bits_are_an_error()
    {
        ImmutableArray<string> names = [.. Enumerable.Range(0, 33).Select(i => $"y{i}")];
        Graph graph = new(
            "many", Level.Canonical, ["x"], names, [.. names.Select((name, i) => new Node(name, new Unary(Edgec.Runtime.Kernels.UnaryFunction.LeakyRelu, i), ["x"], [name], Origin.Of(name)))],
            ImmutableDictionary<string, Tensor>.Empty, names.Add("x").ToImmutableDictionary(name => name, _ => TensorType.F32([4])));
        var bag = new DiagnosticBag();
        new ReorderPatches(TaskArgument: true).Run(graph, new("m.onnx", bag));
        Assert.Equal("EC2011", Assert.Single(bag.Items).Code);
    }

    private static Graph Typed(string text) => BuiltBundle.Quantize(Parse(text)).With(byTask: true);

    private static Graph Parse(string text)
    {
        var bag = new DiagnosticBag();
        return GraphParser.Parse(text, "t.ir", bag) ?? throw new DiagnosticException(bag.Items);
    }

    private static void AssertPassed(Graph typed, string target)
    {
        Assert.True(typed.ByTask);
        ImmutableArray<LayerResult> layers = BuiltBundle.Compare(typed, TargetCatalog.Load(target));
        Assert.NotEmpty(layers);
        Assert.All(layers, layer => Assert.True(layer.Passed, $"{layer.Index} {layer.Name}: {layer.First}"));
    }
}
