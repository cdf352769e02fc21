using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Passes;

public sealed class PipelineTests
{
    private const string Text = """
        graph @t imported
          input %x : f32[1,2,4]
          %r = relu(%x) ; R
          %f = flatten(%r) {axis=1} ; F
          %y = matmul(%f, #w) ; M
          output %y
          const #w : f32[8,3] = random(5)

        """;

    private static PassContext Context => new("m.onnx", new DiagnosticBag());

    private static Graph Parse(string text)
    {
        var diagnostics = new DiagnosticBag();
        Graph? graph = GraphParser.Parse(text, "t.ir", diagnostics);
        diagnostics.ThrowIfErrors();
        return graph!;
    }

    [Fact]
    public void Levels_are_checked_when_a_pipeline_is_made()
    {
        DiagnosticException e = Assert.Throws<DiagnosticException>(() => Pipeline.Create(Level.Imported, new FuseActivation()));
        Assert.Contains("EC7201: Pass fuse-activation takes canonical graphs and cannot stand where they are imported.", e.Message);
        Assert.Equal(2, e.ExitCode);
        Assert.Equal(Level.Canonical, Pipelines.Prepare.To);
    }

    [Fact]
    public void Every_pass_is_logged_dumped_and_reported()
    {
        using var folder = new TemporaryFolder();
        var log = new List<string>();
        var progress = new List<string>();
        var options = new PipelineOptions(folder.At("dump"), null, log.Add, (done, all, name) => progress.Add($"{done}/{all} {name}"));
        Graph result = Pipelines.Canonical.Run(Parse(Text), Context, options);
        Assert.Equal(["0/5 eliminate-dead", "1/5 inline-branches", "2/5 bound-selections", "3/5 infer-shapes", "4/5 canonicalize"], progress);
        Assert.Equal(5, log.Count);
        Assert.Matches(@"^  5 canonicalize +[0-9.]+ ms +3 -> +3 nodes$", log[4]);
        string[] dumped = [.. Directory.EnumerateFiles(folder.At("dump")).Select(path => Path.GetFileName(path)).Order()];
        Assert.Equal(["01_eliminate-dead.ir", "02_inline-branches.ir", "03_bound-selections.ir", "04_infer-shapes.ir", "05_canonicalize.ir", "dump.weights"], dumped);
        Assert.Equal(GraphPrinter.Print(result), GraphPrinter.Print(GraphFiles.Load(folder.At("dump/05_canonicalize.ir"))));
    }

    [Fact]
    public void A_pipeline_can_stop_early() =>
        Assert.Equal(Level.Imported, Pipelines.Canonical.Run(Parse(Text), Context, new PipelineOptions(StopAfter: 2)).Level);

    [Fact]
    public void A_folder_for_dumps_that_cannot_be_made_is_reported()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("file"), "");
        DiagnosticException e = Assert.Throws<DiagnosticException>(
            () => Pipelines.Canonical.Run(Parse(Text), Context, new PipelineOptions(folder.At("file/dump"))));
        Assert.Contains("EC7202", e.Message);
        Assert.Equal(3, e.ExitCode);
    }

    [Theory]
    [InlineData("fuse-pad,fold-constants{limit=64}", null)]
    [InlineData("", null)]
    [InlineData("fuse-pad,,", "EC7203: 'fuse-pad,,' is not a list of passes.")]
    [InlineData("fold-constants{limit=1,limit=2}", "EC7203")]
    [InlineData("append-decode{kind=yolo}", "EC7205: Pass append-decode: kind is centernet, not yolo.")]
    [InlineData("append-decode{kind=centernet,top=0}", "EC7205: Pass append-decode: top is at least 1")]
    [InlineData("fuse-pads", "EC7204: There is no pass fuse-pads. Did you mean 'fuse-pad'?")]
    [InlineData("fold-constants{limits=64}", "EC7205: Pass fold-constants has no option limits.")]
    [InlineData("fold-constants{limit=\"x\"}", "EC7205: Pass fold-constants: Attribute limit should be an integer")]
    public void Lists_of_passes_are_read_or_refused(string list, string? message)
    {
        var diagnostics = new DiagnosticBag();
        ImmutableArray<Pass>? passes = PassList.Parse(list, PassTable.All, diagnostics);
        if (message is null)
            Assert.Equal(list.Length == 0 ? [] : [new FusePad(), new FoldConstants(64)], passes!.Value);
        else
            Assert.Contains(message, Assert.Single(diagnostics.Items).ToString());
    }

    [Theory]
    [InlineData("defined twice", "  input %x : f32[1]\n  input %x : f32[1]\n  output %x\n")]
    [InlineData("is not defined before it is read", "  %y = relu(%z) : f32[1]\n  output %y\n")]
    [InlineData("output q is not defined", "  input %x : f32[1]\n  output %q\n")]
    [InlineData("%y is f32[2] but its operator yields f32[1]", "  input %x : f32[1]\n  %y = relu(%x) : f32[2]\n  output %y\n")]
    [InlineData("the type of %y is not known", "  input %x : f32[1]\n  %y = relu(%x)\n  output %y\n")]
    [InlineData("is f32[1] and has a scale", "  input %x : f32[1]<scale=0.5>\n  output %x\n")]
    [InlineData("has 2 scales", "  input %x : i8[3]<axis=0,scale=[0.5,0.25]>\n  output %x\n")]
    [InlineData("has a scale that is not a positive number", "  input %x : i8[3]<scale=-0.5>\n  output %x\n")]
    public void The_verifier_names_the_pass_and_the_broken_rule(string fault, string body)
    {
        var read = new DiagnosticBag();
        var diagnostics = new DiagnosticBag();
        string text = $"graph @t canonical\n{body}";
        Graph graph = Lenient(text, read);
        Verifier.Verify(graph, "m.onnx", "some-pass", diagnostics);
        string said = Assert.Single(diagnostics.Items).ToString();
        Assert.Contains("EC2900: After some-pass the graph breaks the rule", said);
        Assert.Contains(fault.Replace("%", ""), said);
    }

    [Fact]
    public void A_value_beyond_two_gibibytes_is_refused_without_being_made()
    {
        Graph graph = Parse("graph @t imported\n  input %x : f64[500000000]\n  %y = add(%x, %x) ; A\n  output %y\n");
        Assert.Contains("EC2003", Assert.Throws<DiagnosticException>(() => Pipelines.Canonical.Run(graph, Context)).Message);
    }

    [Fact]
    public void An_operator_that_changes_form_without_end_is_a_diagnostic_not_a_hang()
    {
        Graph graph = Parse("graph @t imported\n  input %x : f32[1]\n  %y = relu(%x) : f32[1] ; R\n  output %y\n");
        graph = graph.With(nodes: [graph.Nodes[0].With(new Restless(0))]);
        Assert.Contains("EC2901: Operator restless changes form without end.", Assert.Throws<DiagnosticException>(() => Pipelines.Canonical.Run(graph, Context)).Message);
    }

    // The parser refuses values that are defined twice or not at all; the verifier must see them.
    private static Graph Lenient(string text, DiagnosticBag diagnostics)
    {
        if (GraphParser.Parse(text, "t.ir", diagnostics) is { } graph)
            return graph;
        Graph valid = Parse("graph @t canonical\n  input %x : f32[1]\n  %y = relu(%x) : f32[1]\n  output %y\n");
        return diagnostics.Items[0].Code == "EC2102" ? valid.With(inputs: ["x", "x"])
            : text.Contains("%q", StringComparison.Ordinal) ? valid.With(outputs: ["q"])
            : valid.With(nodes: [valid.Nodes[0].With(inputs: ["z"])]);
    }

    private sealed record Restless(int Count) : Operator
    {
        public override string Name => "restless";

        public override ImmutableArray<TensorType> Infer(InferContext context) => [context.Input(0)];

        public override ImmutableArray<Tensor> Evaluate(EvaluationContext context) => [context.Input(0)];

        public override ImmutableArray<string>? Canonicalize(Canonicalizer context) => [context.Add(new Restless(Count + 1), context.Input(0))];
    }
}
