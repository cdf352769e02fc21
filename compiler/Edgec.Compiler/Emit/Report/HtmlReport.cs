using System.Text;
using Edgec.Plan;
using Edgec.Targets;

namespace Edgec.Emit.Report;

/// <summary>
/// A plan for people: <c>report.html</c>, one page that needs no other file and no script, and <c>report.json</c> with the
/// same numbers. No time, no machine: the same plan gives the same bytes.
/// </summary>
public static class HtmlReport
{
    public const string PageName = "report.html";
    public const string DataName = "report.json";

    private const string Template = "hls/report/report.html.scriban";
    private const string StyleSheet = "hls/report/report.css";

    /// <param name="estimate">Of the plan on the target; null where there is no cost model.</param>
    /// <param name="peakMacsPerCycle">What the design computes at most, for the roofline. Null: a processor's own peak, or one
    /// multiply-accumulate a cycle for each DSP of an FPGA.</param>
    public static IReadOnlyList<EmittedFile> Emit(
        ModelPlan plan, Target target, Estimate? estimate, ReportHeader header, Templates templates, double? peakMacsPerCycle = null)
    {
        ReportDocument document = ReportContents.Of(plan, target, estimate, header, peakMacsPerCycle);
        return
        [
            Page(document, ReportFindings.None, templates),
            new(DataName, document.ToJson()),
        ];
    }

    internal static EmittedFile Page(ReportDocument document, ReportFindings findings, Templates templates) =>
        new(PageName, templates.Render(Template, ReportPage.Of(document, findings, Style(templates))));

    /// <summary>The style sheet of every page, to be put into it.</summary>
    internal static string Style(Templates templates) => Encoding.UTF8.GetString(templates.Read(StyleSheet));
}
