using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Ops;

public sealed class GraphEvaluatorTests
{
    private static readonly TensorType Four = TensorType.F32([4]);

    private static Graph TwoReshapes() => new(
        "two",
        Level.Canonical,
        ["x"],
        ["y"],
        [
            new("a", new Reshape([2, 2]), ["x"], ["a"], Origin.Of("first")),
            new("y", new Reshape([4, 1]), ["a"], ["y"], Origin.Of("second")),
        ],
        ImmutableDictionary<string, Tensor>.Empty,
        new Dictionary<string, TensorType> { ["x"] = Four, ["a"] = TensorType.F32([2, 2]), ["y"] = TensorType.F32([4, 1]) }.ToImmutableDictionary());

    [Fact]
    public void Computes_outputs_and_shows_every_value_in_order()
    {
        var seen = new List<string>();
        Tensor x = Tensor.Of<float>([4], [1, 2, 3, 4]);
        ImmutableDictionary<string, Tensor> results = GraphEvaluator.Evaluate(
            TwoReshapes(), new Dictionary<string, Tensor> { ["x"] = x }, (name, tensor) => seen.Add(name + tensor.Shape));
        Assert.Equal(["x[4]", "a[2,2]", "y[4,1]"], seen);
        Assert.Equal(x.Bytes.ToArray(), results["y"].Bytes.ToArray());
    }

    [Fact]
    public void Names_the_node_that_cannot_be_evaluated()
    {
        Graph graph = TwoReshapes();
        Graph wrong = graph.With(nodes: [graph.Nodes[0], graph.Nodes[1].With(new Reshape([5]))]);
        DiagnosticException e = Assert.Throws<DiagnosticException>(() =>
            GraphEvaluator.Evaluate(wrong, new Dictionary<string, Tensor> { ["x"] = Tensor.Zeros(ElementType.F32, [4]) }));
        Assert.StartsWith("two(second -> y): error EC2001: Cannot reshape [2,2]", e.Diagnostics[0].ToString());
    }

    [Fact]
    public void Rejects_a_missing_input_and_one_of_another_shape()
    {
        Assert.Contains("EC7101", Assert.Throws<DiagnosticException>(() =>
            GraphEvaluator.Evaluate(TwoReshapes(), new Dictionary<string, Tensor>())).Message);
        Assert.Contains("EC7102", Assert.Throws<DiagnosticException>(() =>
            GraphEvaluator.Evaluate(TwoReshapes(), new Dictionary<string, Tensor> { ["x"] = Tensor.Zeros(ElementType.F32, [5]) })).Message);
    }
}
