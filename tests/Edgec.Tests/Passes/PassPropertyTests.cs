using CsCheck;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Ops;
using Edgec.Passes;
using Xunit;

namespace Edgec.Tests.Passes;

public sealed class PassPropertyTests
{
    public static TheoryData<string> Passes => [.. PassTable.All.Where(def => def.Read(new(new Dictionary<string, AttributeValue>(), AttributeReader.Newest)).Takes(Level.Canonical)).Select(def => def.Name)];

    private static PassContext Context => new("random", new DiagnosticBag());

    [Theory]
    [MemberData(nameof(Passes))]
    public void A_pass_keeps_the_answer_and_the_rules(string name)
    {
        Pass pass = PassTable.All.First(def => def.Name == name).Read(new(new Dictionary<string, AttributeValue>(), AttributeReader.Newest));
        if (pass is AppendDecode)
            return; // refuses all but detectors, see AppendDecodeTests
        Check(
            graph => RandomInputs.AssertSameAnswer(graph, Pipeline.Create(Level.Canonical, pass).Run(graph, Context)), 300);
    }

    [Theory]
    [MemberData(nameof(Passes))]
    public void A_pass_finds_nothing_more_when_run_again(string name)
    {
        Pass pass = PassTable.All.First(def => def.Name == name).Read(new(new Dictionary<string, AttributeValue>(), AttributeReader.Newest));
        Check(
            graph =>
            {
                Graph once = Settle(graph, pass), twice = pass.Run(once, Context);
                Assert.Equal(GraphPrinter.Print(once), GraphPrinter.Print(twice));
            }, 100);
    }

    [Fact]
    public void The_pipeline_keeps_the_answer_and_ends_canonical() => Check(
        graph =>
        {
            Graph ready = Pipelines.Optimize.Run(graph, Context);
            RandomInputs.AssertSameAnswer(graph, ready);
            Assert.Same(ready, new Canonicalize().Run(ready, Context));
        }, 500);

    [Fact]
    public void Printed_graphs_are_read_back_equal() => Check(
        graph =>
        {
            var diagnostics = new DiagnosticBag();
            Graph? read = GraphParser.Parse(GraphPrinter.Print(graph), "t.ir", diagnostics);
            Assert.Empty(diagnostics.Items);
            Assert.Equal(GraphPrinter.Print(graph), GraphPrinter.Print(read!));
            Assert.Equal(graph.Nodes.Select(node => node.Op), read!.Nodes.Select(node => node.Op));
            Assert.Equal(graph.Nodes.Select(node => node.Origin.ToString()), read.Nodes.Select(node => node.Origin.ToString()));
            Assert.All(read.Types, pair => Assert.Equal(graph.Types[pair.Key], pair.Value));
        }, 300);

    private static void Check(Action<Graph> property, int count) =>
        RandomGraphs.Images.Sample(property, iter: count, threads: 1, print: graph => GraphPrinter.Print(graph));

    // A merge may make room for the next one, but not for ever.
    private static Graph Settle(Graph graph, Pass pass)
    {
        for (int i = 0; i < 10; i++)
            graph = pass.Run(graph, Context);
        return graph;
    }
}
