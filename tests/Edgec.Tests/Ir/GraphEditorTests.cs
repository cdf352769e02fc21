using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Ir;

public sealed class GraphEditorTests
{
    private static readonly Reshape Copy = new([4]);

    private static Graph Chain(params ReadOnlySpan<string> values)
    {
        var nodes = new List<Node>();
        for (int i = 1; i < values.Length; i++)
            nodes.Add(new(values[i], Copy, [values[i - 1]], [values[i]], Origin.Of(values[i])));
        return new(
            "chain",
            Level.Canonical,
            [values[0]],
            [values[^1]],
            [.. nodes],
            ImmutableDictionary<string, Tensor>.Empty,
            values.ToArray().ToImmutableDictionary(v => v, _ => TensorType.F32([4])));
    }

    private static string Print(Graph graph) => string.Join("; ", graph.Nodes);

    [Fact]
    public void Returns_the_same_graph_when_nothing_was_edited()
    {
        Graph graph = Chain("x", "a", "y");
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
            editor.Keep(node);
        Assert.Same(graph, editor.Finish(null, Copy));
    }

    [Fact]
    public void A_new_value_takes_the_name_of_the_one_it_replaces()
    {
        Graph graph = Chain("x", "a", "y");
        var editor = new GraphEditor(graph);
        editor.Rename("a", editor.Add("a", new Reshape([2, 2]), ["x"], Origin.None, TensorType.F32([2, 2])));
        editor.Keep(graph.Nodes[1]);
        Graph edited = editor.Finish(null, Copy);
        Assert.Equal("%a = reshape(%x); %y = reshape(%a)", Print(edited));
        Assert.Equal([2, 2], edited.TypeOf("a").Shape);
        Assert.Equal("a", edited.Nodes[0].Name);
    }

    [Fact]
    public void An_output_that_became_another_value_keeps_its_name()
    {
        Graph graph = Chain("x", "a", "y");
        var editor = new GraphEditor(graph);
        editor.Keep(graph.Nodes[0]);
        editor.Rename("y", "a");
        Assert.Equal("%y = reshape(%x)", Print(editor.Finish(null, Copy)));
    }

    [Fact]
    public void An_output_that_became_an_input_is_copied_and_one_that_became_a_constant_is_one()
    {
        Graph graph = Chain("x", "y");
        var editor = new GraphEditor(graph);
        editor.Rename("y", "x");
        Assert.Equal("%y = reshape(%x)", Print(editor.Finish(null, Copy)));

        editor = new GraphEditor(graph);
        editor.Rename("y", editor.AddConstant("k", Tensor.Zeros(ElementType.F32, [4])));
        Graph constant = editor.Finish(null, Copy);
        Assert.Empty(constant.Nodes);
        Assert.Equal(["y"], constant.Constants.Keys);
    }

    [Fact]
    public void Drops_what_no_output_needs()
    {
        Graph graph = Chain("x", "a", "y");
        var editor = new GraphEditor(graph);
        editor.Keep(graph.Nodes[0]);
        editor.Replace(graph.Nodes[1], Copy, ["x"]);
        Graph edited = editor.Finish(null, Copy);
        Assert.Equal("%y = reshape(%x)", Print(edited));
        Assert.DoesNotContain("a", edited.Types.Keys);
    }
}
