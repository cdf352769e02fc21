using System.Collections.Immutable;
using System.Globalization;
using Edgec.Emit;
using Edgec.Emit.Report;

namespace Edgec.Evaluate;

/// <summary>A detector's accuracy for people: one page with pictures and boxes that needs no other file and no script.</summary>
public static class DetectionPage
{
    private const string Template = "hls/report/detections.html.scriban";

    /// <param name="result">With pictures.</param>
    /// <param name="tool">Name and version of the compiler.</param>
    /// <param name="model">The model's file name.</param>
    public static string Render(Evaluation result, string tool, string model, Templates templates) => templates.Render(Template, new Page(
        HtmlReport.Style(templates),
        Html.Escape(tool),
        Html.Escape(model),
        [
            new("float", Number(result.Float), "AP50 of the float model"),
            new("compiled", Number(result.Quantized), "AP50 of the compiled one"),
            new("difference", Number(result.Quantized - result.Float, "+0.0000;-0.0000;0.0000"), $"standard error of the pairs {Number(result.StandardError)}"),
            new("pictures", Quantity.Count(result.Count), $"the first {result.Pictures.Length} are drawn"),
        ],
        Number(DetectionDrawing.Least, "0.0"),
        [.. result.Pictures.Select(picture => new Figure(picture.Index, DetectionDrawing.Draw(picture)))]));

    private static string Number(double? value, string format = "0.0000") => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";

    // What the template sees: every string is escaped and formatted already.
    private sealed record Page(string Style, string Tool, string Model, ImmutableArray<PageFact> Facts, string Least, ImmutableArray<Figure> Figures);

    private sealed record Figure(int Index, string Drawing);
}
