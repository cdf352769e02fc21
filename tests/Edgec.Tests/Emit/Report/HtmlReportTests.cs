using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Edgec.Diagnostics;
using Edgec.Emit.Report;
using Edgec.Ir;
using Edgec.Plan;
using Edgec.Plan.Hls;
using Edgec.Targets;
using Xunit;

namespace Edgec.Tests.Emit.Report;

public sealed class HtmlReportTests
{
    private const string Hostile = "</title></svg><script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;{{ tool }}\u0000\u0001\u202E\uD800\uFFFE]]>";

    private static readonly ResourceEstimate Modest = new(100, 50, 0, 20_000, 30_000);

    [Fact]
    public void Names_of_a_model_stay_text()
    {
        ReportCase plain = ReportCase.OnProcessor();
        ModelPlan plan = plain.Plan with
        {
            Values = [.. plain.Plan.Values.Select(v => v with { Name = v.Index + Hostile })],
            Steps = [.. plain.Plan.Steps.Select(s => s with { Name = s.Index + Hostile, Origin = Origin.Of(Hostile) })],
        };
        var target = (CpuTarget)plain.Target with { Description = Hostile };
        var header = new ReportHeader(Hostile, Hostile, Hostile, Hostile, Hostile, [Diagnostic.Error(Hostile, $"m({Hostile})", Hostile)],
            [.. ReportCase.Ranges.Select(r => r with { Name = Hostile })]);
        var report = new ReportCase(plan, target, CpuCost.Of(plan, target), header);

        XDocument tree = report.Tree;
        Assert.Equal(
            ReportCase.OnProcessor().Tree.Descendants().Select(e => e.Name.LocalName).Distinct().Order(),
            tree.Descendants().Select(e => e.Name.LocalName).Distinct().Order());
        Assert.DoesNotContain(tree.Descendants().Attributes(), a => a.Name.LocalName.StartsWith("on", StringComparison.Ordinal) || a.Name == "src");
        Assert.Contains("<script>", tree.Descendants().First(e => e.Name.LocalName == "h1").Value, StringComparison.Ordinal);
        Assert.Equal("0</title>", report.Data.GetProperty("layers")[0].GetProperty("name").GetString()![..9]);
    }

    [Fact]
    public void The_page_asks_for_nothing_from_elsewhere()
    {
        string page = ReportCase.OnFpga(Modest).Page;
        foreach (string link in (string[])["<script", "<link", "<img", "@import", "@font-face", "url(", " src=", " href="])
            Assert.DoesNotContain(link, page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("prefers-color-scheme: dark", page, StringComparison.Ordinal);
        Assert.Contains("@media print", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_plan_gives_the_same_bytes()
    {
        ReportCase first = ReportCase.OnProcessor(), second = ReportCase.OnProcessor();
        Assert.Equal(["report.html", "report.json"], first.Files.Select(f => f.Path));
        Assert.Equal(first.Page, second.Page);
        Assert.Equal(first.Data.GetRawText(), second.Data.GetRawText());
    }

    [Fact]
    public void A_block_of_the_memory_map_stands_where_the_plan_put_its_value()
    {
        ReportCase report = ReportCase.OnProcessor();
        PlanValue[] values = [.. report.Plan.Values.Where(v => v.Place == Place.Arena && v.Root == v.Index)];
        XElement[] blocks = [.. report.Shapes("memory", "rect", "block")];
        Assert.True(values.Length >= 3);
        Assert.Equal(values.Length, blocks.Length);
        double bytes = Number(blocks[0], "height") / values[0].Bytes;
        double bottom = Number(blocks[0], "y") + Number(blocks[0], "height") + values[0].Offset * bytes;
        double step = Number(blocks[0], "width") / (values[0].LastStep + 1 - values[0].FirstStep);
        double left = Number(blocks[0], "x") - values[0].FirstStep * step;
        foreach ((PlanValue value, XElement block) in values.Zip(blocks))
        {
            Assert.StartsWith($"{value.Name} : {value.Type}\n", block.Value, StringComparison.Ordinal);
            Assert.Equal(left + value.FirstStep * step, Number(block, "x"), 0.05);
            Assert.Equal((value.LastStep + 1 - value.FirstStep) * step, Number(block, "width"), 0.05);
            Assert.Equal(bottom - (value.Offset + value.Bytes) * bytes, Number(block, "y"), 0.05);
            Assert.Equal(value.Bytes * bytes, Number(block, "height"), 0.05);
        }

        Assert.Contains("also f", string.Concat(blocks.Select(b => b.Value)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_roofline_has_a_dot_for_each_layer_that_multiplies()
    {
        ReportCase report = ReportCase.OnProcessor();
        Assert.Equal(report.Plan.Steps.Count(s => s.Cost.Macs > 0), report.Shapes("roofline", "circle", "dot").Count());
        JsonElement ceiling = Assert.Single(report.Data.GetProperty("roofline").GetProperty("ceilings").EnumerateArray());
        Assert.Equal("fp32 peak, one core", ceiling.GetProperty("name").GetString());
        Assert.Equal(4 * 1.4e9, ceiling.GetProperty("macsPerSecond").GetDouble());
    }

    [Fact]
    public void Data_has_the_keys_that_programs_read()
    {
        JsonElement data = ReportCase.OnFpga(Modest).Data;
        Assert.Equal(
            ["format", "tool", "model", "backend", "precision", "calibration", "target", "totals", "layers", "arena", "roofline", "resources", "inputs", "outputs", "ranges", "diagnostics", "experts", "attention"],
            Keys(data));
        Assert.Equal(["name", "description", "kind", "clockMHz", "bytesPerSecond"], Keys(data.GetProperty("target")));
        Assert.Equal(
            ["layers", "macs", "weightBytes", "arenaBytes", "arenaLowerBound", "cycles", "milliseconds", "framesPerSecond", "dramBytes", "sharedWeightBytes"],
            Keys(data.GetProperty("totals")));
        JsonElement layer = data.GetProperty("layers")[0];
        Assert.Equal(
            ["index", "name", "family", "kernel", "detail", "value", "element", "shape", "origin", "macs", "readBytes", "writeBytes", "weightBytes", "estimate"],
            Keys(layer));
        Assert.Equal(["cycles", "computeCycles", "memoryCycles", "timeShare", "dramBytes", "memoryBound"], Keys(layer.GetProperty("estimate")));
        Assert.Equal("convolution", layer.GetProperty("family").GetString());
        Assert.Equal("conv 3x3", layer.GetProperty("kernel").GetString());
        Assert.Equal(["value", "type", "offset", "bytes", "firstStep", "lastStep", "family", "views"], Keys(data.GetProperty("arena")[0]));
        Assert.Equal(["name", "element", "shape", "scale", "zero"], Keys(data.GetProperty("inputs")[0]));
        Assert.Equal(["value", "low", "high", "seen"], Keys(data.GetProperty("ranges")[0]));
        Assert.Equal(
            ["lowest", "highest", "count", "zeros", "deviation", "scaleRatio", "outlierRatio", "kurtosis", "outliers", "histogram"],
            Keys(data.GetProperty("ranges")[0].GetProperty("seen")));
        Assert.Equal("small.onnx(a/b -> c)", data.GetProperty("diagnostics")[0].GetProperty("location").GetString());
    }

    [Fact]
    public void A_histogram_has_a_bar_for_each_part_and_those_outside_the_range_are_marked()
    {
        XElement[] rows = [.. ReportCase.OnProcessor().Tree.Descendants().Single(e => (string?)e.Attribute("id") == "ranges").Descendants().Where(e => e.Name.LocalName == "tr").Skip(1)];
        Assert.Equal(2, rows.Length);
        // The range [-1, 3] out of [-1, 7]: the upper half is clamped; every fourth count is 0.
        Assert.Equal((24, 24), (Bars(rows[0], "held").Length, Bars(rows[0], "clamped").Length));
        double zero = Number(rows[0].Descendants().Single(e => e.Name.LocalName == "line"), "x1");
        Assert.Equal(256 / 8.0, zero, 2);
        Assert.Contains("outliers", rows[0].Value, StringComparison.Ordinal);
        Assert.DoesNotContain(rows[1].Descendants(), e => e.Name.LocalName == "svg");

        static string[] Bars(XElement row, string kind) => ((string)row.Descendants().Single(e => (string?)e.Attribute("class") == kind).Attribute("d")!).Split('M', StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public void The_bound_of_the_arena_is_the_most_that_lives_at_once()
    {
        ReportCase report = ReportCase.OnProcessor();
        long most = report.Plan.Steps.Max(s => report.Plan.Values
            .Where(v => v.Place == Place.Arena && v.Root == v.Index && v.FirstStep <= s.Index && s.Index <= v.LastStep).Sum(v => v.Bytes));
        Assert.Equal(most, report.Data.GetProperty("totals").GetProperty("arenaLowerBound").GetInt64());
    }

    [Fact]
    public void A_design_that_is_too_large_says_of_what()
    {
        Assert.Contains(">fits<", ReportCase.OnFpga(Modest).Page, StringComparison.Ordinal);
        ReportCase large = ReportCase.OnFpga(Modest with { Dsp = 400 });
        Assert.Contains(">does not fit<", large.Page, StringComparison.Ordinal);
        Assert.Contains("Takes 400 DSP of 360.", large.Page, StringComparison.Ordinal);
        Assert.False(large.Data.GetProperty("resources").GetProperty("fits").GetBoolean());
    }

    [Fact]
    public void Without_a_cost_model_there_are_no_times()
    {
        ReportCase report = ReportCase.WithoutEstimate();
        Assert.DoesNotContain("id=\"roofline\"", report.Page, StringComparison.Ordinal);
        Assert.DoesNotContain("cycles", report.Page, StringComparison.Ordinal);
        Assert.NotEmpty(report.Shapes("memory", "rect", "block"));
        Assert.Equal(JsonValueKind.Null, report.Data.GetProperty("totals").GetProperty("milliseconds").ValueKind);
    }

    [Fact]
    public void A_browser_shows_the_page()
    {
        using var folder = new TemporaryFolder();
        string file = folder.At("report.html");
        File.WriteAllText(file, ReportCase.OnFpga(Modest).Page);
        string shown = Browser.Dump(file, folder.At("profile"));
        foreach (string text in (string[])["Memory map", "Roofline", "Conv_0", "design peak", "<rect", "EC3012"])
            Assert.Contains(text, shown, StringComparison.Ordinal);
    }

    private static double Number(XElement element, string name) => double.Parse((string)element.Attribute(name)!, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Keys(JsonElement element) => element.EnumerateObject().Select(p => p.Name);
}
