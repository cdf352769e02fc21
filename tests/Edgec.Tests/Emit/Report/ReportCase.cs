using System.Collections.Immutable;
using System.Text.Json;
using System.Xml.Linq;
using Edgec.Diagnostics;
using Edgec.Emit;
using Edgec.Emit.Report;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Plan;
using Edgec.Plan.Hls;
using Edgec.Quantize.Calibration;
using Edgec.Targets;

namespace Edgec.Tests.Emit.Report;

/// <summary>A small network with a branch and a view, planned, and its report.</summary>
internal sealed record ReportCase(ModelPlan Plan, Target Target, Estimate? Estimate, ReportHeader Header, double? Peak = null)
{
    private const string Network = """
        graph @small canonical
          input %x : f32[1,8,8,4]
          %a = conv(%x, #w, #b) {kernel_shape=[3,3], pads=[1,1,1,1], channels_last=1} : f32[1,8,8,8] ; Conv_0
          %s = sigmoid(%a) : f32[1,8,8,8] ; Sigmoid_1
          %m = mul(%a, %s) : f32[1,8,8,8] ; Mul_2
          %f = reshape(%m) {shape=[1,512]} : f32[1,512] ; Flatten_3
          %y = matmul(%f, #v) : f32[1,10] ; MatMul_4
          output %y
          const #w : f32[8,3,3,4] = random(1)
          const #b : f32[8] = random(2)
          const #v : f32[512,10] = random(3)

        """;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static ImmutableArray<CalibratedValue> Ranges { get; } =
    [
        new("x", new(-1, 3), new(-1, 7), new(-1, 7, 640, 64, 0.5, 0.3, 23, 40, 1.01, [.. Enumerable.Range(0, ValueSummary.Bars).Select(i => i % 4L)])),
        new("y", new(0, 1), new(0, 1), null),
    ];

    public static ReportHeader PlainHeader { get; } =
        new("edgec 1.0.0", "small", "c", "fp32", null, [Diagnostic.Warning("EC3012", "/home/me/small.onnx(a/b -> c)", "Careful.")], Ranges);

    public IReadOnlyList<EmittedFile> Files { get; } = HtmlReport.Emit(Plan, Target, Estimate, Header, new Templates(), Peak);

    public string Page => Files.Single(f => f.Path == "report.html").Text;

    public JsonElement Data => JsonDocument.Parse(Files.Single(f => f.Path == "report.json").Bytes).RootElement;

    /// <summary>The page is written so that it is XML too: whatever is not escaped does not parse.</summary>
    public XDocument Tree => XDocument.Parse(Page.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal));

    public static ReportCase OnProcessor()
    {
        ModelPlan plan = PlanOf(Parse(Network));
        var target = (CpuTarget)TargetCatalog.Load("cortex-a53");
        return new(plan, target, CpuCost.Of(plan, target), PlainHeader);
    }

    /// <param name="resources">What the design takes.</param>
    public static ReportCase OnFpga(ResourceEstimate resources)
    {
        ModelPlan plan = PlanOf(Parse(Network));
        ImmutableArray<StepEstimate> steps = [.. plan.Steps.Select(s => new StepEstimate(s, 100 + s.Cost.Macs / 64.0, s.Index == 1 ? 900 : 10, 2048))];
        return new(plan, TargetCatalog.Load("ultra96"), new(steps, 250, resources), PlainHeader, Peak: 64);
    }

    public static ReportCase WithoutEstimate() => new(PlanOf(Parse(Network)), TargetCatalog.Load("csharp"), null, PlainHeader);

    public static Graph Parse(string text)
    {
        var diagnostics = new DiagnosticBag();
        Graph? graph = GraphParser.Parse(text, "small.ir", diagnostics);
        diagnostics.ThrowIfErrors();
        return graph!;
    }

    public XElement? Drawing(string section) =>
        Tree.Descendants().Single(e => e.Name.LocalName == "section" && (string?)e.Attribute("id") == section).Element(Svg + "svg");

    public IEnumerable<XElement> Shapes(string section, string element, string kind) => Drawing(section)!
        .Descendants(Svg + element).Where(e => ((string?)e.Attribute("class") ?? "").Split(' ').Contains(kind));

    private static ModelPlan PlanOf(Graph graph) => Planner.Plan(graph, new PlanOptions(), "small.onnx");
}
