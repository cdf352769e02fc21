using Edgec.Diagnostics;
using Edgec.Import.Proto;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Runtime;
using Edgec.Tests.Import;
using Xunit;
using static Edgec.Tests.Import.ModelBuilder;

namespace Edgec.Tests.Passes;

/// <summary>Models with an If, from the file to the canonical graph.</summary>
public sealed class InlineBranchesTests
{
    [Fact]
    public void A_branch_takes_values_from_around_it_and_has_names_of_its_own()
    {
        ModelBuilder model = OnSize(4, Body("r", Make("Add", "t w", "s"), Make("Abs", "s", "r")), Body("r", Make("Neg", "t", "r")));
        Assert.Equal([1, 1, 1, 3], Run(model));
    }

    [Fact]
    public void The_branch_that_is_not_taken_need_not_fit()
    {
        // [1,4] and [3] do not add, and nobody asks.
        ModelBuilder model = OnSize(5, Body("e", Make("Add", "t three", "e")), Body("e", Make("Neg", "t", "e"))).Floats("three", 1, 2, 3);
        Assert.Equal([0, -2, 0, -4], Run(model));
    }

    [Fact]
    public void Branches_within_branches_and_constants_of_their_own()
    {
        GraphProto inner = Body("i", Make("Mul", "t k", "i"));
        inner.Initializer.Add(new TensorProto { Name = "k", DataType = 1, Dims = { 1 }, FloatData = { 3f } });
        GraphProto outer = Body("o", Choice("large", "o", inner, Body("i", Make("Neg", "t", "i"))));
        Assert.Equal([0, 6, 0, 12], Run(OnSize(4, outer, Body("e", Make("Neg", "t", "e")))));
    }

    [Fact]
    public void Within_a_function_branches_see_its_values()
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, 4).Node("Pick", "x", "y", domain: "my").Output("y");
        var function = new FunctionProto { Name = "Pick", Domain = "my", Input = { "a" }, Output = { "r" } };
        function.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        function.Node.AddRange([
            Make("Abs", "a", "m"), Make("Size", "a", "n"), Make("Constant", "", "four", attributes: Attribute("value_int", 4)), Make("Equal", "n four", "c"),
            Choice("c", "r", Body("o", Make("Neg", "m", "o")), Body("o", Make("Sqrt", "m", "o")))]);
        model.Model.Functions.Add(function);
        model.Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "my", Version = 1 });
        Assert.Equal([-1, -2, -3, -4], Run(model));
    }

    [Fact]
    public void A_condition_that_only_canonical_form_shows_is_known()
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, 4)
            .Node("Constant", "", "one", attributes: Attribute("value_int", 1)).Node("Cast", "one", "yes", attributes: Attribute("to", 9))
            .Node("ReduceMax", "x", "top", attributes: Attribute("keepdims", 0)).Node("Cast", "top", "any", attributes: Attribute("to", 9))
            .Node("Where", "yes yes any", "c");
        model.Model.Graph.Node.Add(Choice("c", "y", Body("t", Make("Neg", "x", "t")), Body("e", Make("Abs", "x", "e"))));
        Assert.Equal([1, -2, 3, -4], Run(model.Output("y")));
    }

    [Fact]
    public void A_condition_that_depends_on_the_input_is_refused_by_name()
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1).Node("Cast", "x", "c", attributes: Attribute("to", 9));
        model.Model.Graph.Node.Add(Choice("c", "y", Body("t", Make("Neg", "x", "t")), Body("e", Make("Abs", "x", "e"))));
        model.Model.Graph.Node[^1].Name = "If_7";
        Diagnostic only = Assert.Single(Assert.Throws<DiagnosticException>(() => Canonical(model.Output("y"))).Diagnostics);
        Assert.StartsWith("m.onnx(If_7 -> y): error EC2004: The condition depends on what is known only when the model runs", only.ToString());
    }

    [Fact]
    public void A_choice_without_its_branches_is_refused()
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1).Node("If", "x", "y", name: "If_7").Output("y");
        Assert.Contains(model.Diagnostics(), d => d.StartsWith("m.onnx(If_7 -> y): error EC1113: Attribute then_branch is no graph with 1 outputs."));
    }

    // t = Relu(x), large = Size(x) >= 4, y = If(Size(x) >= size)
    private static ModelBuilder OnSize(int size, GraphProto then, GraphProto other)
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, 4).Floats("w", -1).Node("Relu", "x", "t").Node("Size", "x", "n")
            .Node("Constant", "", "limit", attributes: Attribute("value_int", size)).Node("GreaterOrEqual", "n limit", "c")
            .Node("Constant", "", "four", attributes: Attribute("value_int", 4)).Node("GreaterOrEqual", "n four", "large");
        model.Model.Graph.Node.Add(Choice("c", "y", then, other));
        return model.Output("y");
    }

    private static NodeProto Choice(string condition, string output, GraphProto then, GraphProto other) =>
        Make("If", condition, output, attributes: [Attribute("then_branch", then), Attribute("else_branch", other)]);

    private static GraphProto Body(string output, params NodeProto[] nodes)
    {
        var body = new GraphProto { Name = "branch" };
        body.Node.AddRange(nodes);
        body.Output.Add(new ValueInfoProto { Name = output });
        return body;
    }

    private static Graph Canonical(ModelBuilder model)
    {
        var diagnostics = new DiagnosticBag();
        return Pipelines.Canonical.Run(model.Import(diagnostics), new("m.onnx", diagnostics));
    }

    private static float[] Run(ModelBuilder model)
    {
        Graph graph = Canonical(model);
        Assert.DoesNotContain(graph.Nodes, node => node.Op is If);
        return GraphEvaluator.Evaluate(graph, new Dictionary<string, Tensor> { ["x"] = Tensor.Of([1, 4], [-1f, 2f, -3f, 4f]) })["y"].Span<float>().ToArray();
    }
}
