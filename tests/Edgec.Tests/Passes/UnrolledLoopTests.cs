using Edgec.Diagnostics;
using Edgec.Import;
using Edgec.Import.Proto;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Runtime;
using Edgec.Tests.Import;
using Xunit;
using static Edgec.Tests.Import.ModelBuilder;

namespace Edgec.Tests.Passes;

public sealed class UnrolledLoopTests
{
    // v = v + i, and what is collected is -v
    private static readonly NodeProto[] Count =
        [Make("Cast", "i", "f", attributes: Attribute("to", 1)), Make("Add", "v f", "w"), Make("Neg", "w", "t"), Make("Identity", "c", "d")];

    [Theory]
    [InlineData(17)]
    [InlineData(11)]
    public void Values_are_carried_and_collected(int opset)
    {
        ModelBuilder model = On("n - x", Body("i c v", "d w t", Count), "y s").Longs("n", [], 3);
        model.Model.OpsetImport[0].Version = opset;
        (Tensor y, Tensor s) = Run(model);
        Assert.Equal([4, 5], y.Span<float>());
        Assert.Equal([3, 2], s.Shape.ToArray());
        Assert.Equal([-1, -2, -2, -3, -4, -5], s.Span<float>());
    }

    [Fact]
    public void Loops_within_loops_see_the_values_around_them()
    {
        NodeProto inner = Make("Loop", "three yes v", "u", attributes: Attribute("body", Body("j e a", "e2 b", Make("Identity", "yes", "e2"), Make("Add", "a f", "b"))));
        ModelBuilder model = On("n yes x", Body("i c v", "c2 u t", Make("Identity", "yes", "c2"), Make("Cast", "i", "f", attributes: Attribute("to", 1)), inner, Make("Neg", "u", "t")), "y s")
            .Longs("n", [1], 2).Longs("three", [1], 3);
        model.Model.Graph.Initializer.Add(new TensorProto { Name = "yes", DataType = 9, Int32Data = { 1 } });
        (Tensor y, Tensor s) = Run(model);
        Assert.Equal([4, 5], y.Span<float>());
        Assert.Equal([-1, -2, -4, -5], s.Span<float>());
    }

    [Fact]
    public void Constants_of_a_body_are_there_once()
    {
        GraphProto body = Body("i c v", "d w t", Make("Add", "v k", "w"), Make("Neg", "w", "t"), Make("Identity", "c", "d"));
        body.Initializer.Add(new TensorProto { Name = "k", DataType = 1, Dims = { 1 }, FloatData = { 2f } });
        ModelBuilder model = On("n - x", body, "y s").Longs("n", [], 4);
        Assert.Equal([9, 10], Run(model).Y.Span<float>());
        Assert.Single(model.Import(new DiagnosticBag()).Constants, constant => constant.Value.Element == ElementType.F32);
    }

    [Fact]
    public void A_condition_that_is_false_ends_it()
    {
        ModelBuilder model = On("n - x", Body("i c v", "no w t", [.. Count, Make("Constant", "", "no", attributes: No)]), "y s").Longs("n", [], 9);
        Assert.Equal([1, 2], Run(model).Y.Span<float>());
    }

    [Theory]
    [InlineData(65)]
    [InlineData(1024)]
    public void A_condition_that_is_handed_on_stays_known(int count)
    {
        NodeProto[] ones = [Make("Add", "v one", "w"), Make("Neg", "w", "t"), Make("Identity", "c", "d")];
        Assert.Equal([1 + count, 2 + count], Run(On("n - x", Body("i c v", "d w t", ones), "y s").Longs("n", [], count).Floats("one", [], 1)).Y.Span<float>());
    }

    [Fact]
    public void A_limit_is_no_number_of_iterations()
    {
        ModelBuilder model = On("n - x", Body("i c v", "no w t", [.. Count, Make("Constant", "", "no", attributes: No)]), "y s").Longs("n", [], long.MaxValue);
        Assert.Equal([1, 2], Run(model).Y.Span<float>());
    }

    [Theory]
    [InlineData("n - x", "g w t", long.MaxValue, "Whether it goes on is computed by Loop_3/0/g.")]
    [InlineData("n - x", "d w t", 2000, "It has 2000 iterations; up to 1024 are written out.")]
    [InlineData("- - x", "d w t", 2, "The number of iterations is not a constant of the model")]
    [InlineData("m - x", "d w t", 2, "The number of iterations is not a constant of the model")]
    [InlineData("n m x", "d w t", 2, "Whether it begins depends on a condition that is computed.")]
    [InlineData("n - x", "g w t", 2, "Whether it goes on is computed by Loop_3/0/g.")]
    [InlineData("n - x", "d w t", 0, "It has no iteration, so that its output s is empty.")]
    [InlineData("n - x x", "d w t", 2, "Attribute body is no graph with 4 inputs and 3 outputs.")]
    public void What_is_known_only_when_the_model_runs_is_refused(string inputs, string results, long count, string fault)
    {
        ModelBuilder model = On(inputs, Body("i c v", results, [.. Count, Make("Greater", "w v", "g")]), "y s").Longs("n", [], count);
        Assert.Contains(model.Diagnostics(), d => d.StartsWith($"m.onnx(Loop_3 -> y): error EC1118: {fault}", StringComparison.Ordinal));
    }

    private static AttributeProto No => new() { Name = "value", Type = AttributeProto.Types.AttributeType.Tensor, T = new() { DataType = 9, Int32Data = { 0 } } };

    // A model of x [2] and m, a number that it computes.
    private static ModelBuilder On(string inputs, GraphProto body, string outputs)
    {
        ModelBuilder model = new ModelBuilder().Input("x", 2).Node("Shape", "x", "m").Output(outputs.Split(' '));
        return model.Node("Loop", inputs, outputs, "Loop_3", attributes: Attribute("body", body));
    }

    private static GraphProto Body(string inputs, string outputs, params NodeProto[] nodes)
    {
        var body = new GraphProto { Name = "body" };
        body.Node.AddRange(nodes);
        body.Input.AddRange(inputs.Split(' ').Select(name => new ValueInfoProto { Name = name }));
        body.Output.AddRange(outputs.Split(' ').Select(name => new ValueInfoProto { Name = name }));
        return body;
    }

    private static (Tensor Y, Tensor S) Run(ModelBuilder model)
    {
        var bag = new DiagnosticBag();
        Graph graph = Pipelines.Canonical.Run(model.Import(bag), new("m.onnx", bag));
        var values = GraphEvaluator.Evaluate(graph, new Dictionary<string, Tensor> { ["x"] = Tensor.Of<float>([2], [1, 2]) });
        return (values[graph.Outputs[0]], values[graph.Outputs[^1]]);
    }
}
