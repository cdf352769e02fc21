using System.Xml.Linq;
using Edgec.Bundle;
using Edgec.Diagnostics;
using Edgec.Emit;
using Edgec.Emit.Report;
using Edgec.Plan.Hls;
using Xunit;

namespace Edgec.Tests.Emit.Report;

/// <summary>What is found on a bundle gets onto its page.</summary>
public sealed class BundleReportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ReportCase bundle = ReportCase.OnFpga(new ResourceEstimate(100, 50, 0, 20_000, 30_000));

    public BundleReportTests()
    {
        foreach (EmittedFile file in bundle.Files)
            File.WriteAllBytes(folder.At(file.Path), file.Bytes.ToArray());
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Without_findings_the_page_is_the_one_that_was_compiled()
    {
        BundleReport.Render(folder.Path, new Templates());
        Assert.Equal(bundle.Page, Page);
    }

    [Fact]
    public void A_verdict_is_said_at_the_top_and_in_every_layer()
    {
        Assert.DoesNotContain("verified", Page, StringComparison.Ordinal);
        BundleReport.Record(folder.Path, Found(), new Templates());
        Assert.Contains(">verified<", Page, StringComparison.Ordinal);
        Assert.Contains($"{bundle.Plan.Steps.Length - 1} integer layers equal the reference, bit for bit, and 1 float layers stay within their bound, on 8 inputs.", Page, StringComparison.Ordinal);
        string[] last = [.. Rows("layers").Select(row => row.Elements().Last().Value)];
        Assert.Equal(["equal", "equal", "equal", "within bound"], last[..4]);
    }

    [Fact]
    public void A_layer_that_differs_stands_out()
    {
        Verification found = Found();
        found = found with { Equal = false, FirstDifference = "1 Sigmoid_1 at [0,0]: 3 instead of 4", ChangedFiles = ["weights.bin"], Layers = found.Layers.SetItem(1, new(1, false, false, 1234, 7)) };
        BundleReport.Record(folder.Path, found, new Templates());
        Assert.Contains(">differs<", Page, StringComparison.Ordinal);
        Assert.Contains("First in layer 1 Sigmoid_1 at [0,0]: 3 instead of 4. Not as edgec wrote them: weights.bin.", Page, StringComparison.Ordinal);
        Assert.Equal("1,234 differ", Rows("layers").ElementAt(1).Elements().Last().Value);
    }

    [Fact]
    public void A_figure_takes_the_place_of_an_older_one_of_its_kind()
    {
        BundleReport.Record(folder.Path, new Accuracy("top1", "y", "a.npz", 500, null, 0.5, null), new Templates());
        BundleReport.Record(folder.Path, new Accuracy("top1", "y", "b.npz", 2000, null, 0.75, null), new Templates());
        BundleReport.Record(folder.Path, new Accuracy("top1", "y", "a.npz", 500, 0.954, 0.958, 0.99), new Templates());
        BundleReport.Record(folder.Path, new Accuracy("sqnr", "<b>", "a.npz", 500, null, 31.25, null), new Templates());
        Assert.Equal(
            ["top1|y|b.npz|2,000||75.00 %|", "top1|y|a.npz|500|95.40 %|95.80 %|99.00 %", "sqnr|<b>|a.npz|500||31.250|"],
            Rows("accuracy").Select(row => string.Join('|', row.Elements().Select(cell => cell.Value))));
    }

    [Theory]
    [InlineData("report.json", "EC8105")]
    [InlineData("verify.json", "EC8105")]
    [InlineData("evaluation.json", "EC8105")]
    public void A_damaged_file_is_named(string file, string code)
    {
        foreach (string text in (string[])["{", "null", "{}", """{"results":null,"layers":null}"""])
        {
            File.WriteAllText(folder.At(file), text);
            Diagnostic only = Assert.Single(Assert.Throws<DiagnosticException>(() => BundleReport.Render(folder.Path, new Templates())).Diagnostics);
            Assert.Equal((code, folder.At(file)), (only.Code, only.Location));
        }
    }

    [Fact]
    public void Without_data_there_is_no_page()
    {
        File.Delete(folder.At("report.json"));
        Assert.Contains("EC8101", Assert.Throws<DiagnosticException>(() => BundleReport.Render(folder.Path, new Templates())).Message);
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_named()
    {
        Directory.CreateDirectory(folder.At("verify.json.part"));
        DiagnosticException problem = Assert.Throws<DiagnosticException>(() => BundleReport.Record(folder.Path, Found(), new Templates()));
        Assert.Equal((3, "EC8106"), (problem.ExitCode, problem.Diagnostics[0].Code));
        Assert.False(File.Exists(folder.At("verify.json")));
    }

    private string Page => File.ReadAllText(folder.At("report.html"));

    private Verification Found() => new(
        8, true, null, [], [.. bundle.Plan.Steps.Select(step => new LayerVerdict(step.Index, step.Index == 3, true, 0, step.Index == 3 ? 1e-6 : 0))]);

    private IEnumerable<XElement> Rows(string section) =>
        XDocument.Parse(Page.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal))
            .Descendants().Single(e => e.Name.LocalName == "section" && (string?)e.Attribute("id") == section)
            .Descendants().Single(e => e.Name.LocalName == "tbody").Elements();
}
