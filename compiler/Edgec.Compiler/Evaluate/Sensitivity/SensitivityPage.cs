using System.Collections.Immutable;
using Edgec.Emit;
using Edgec.Emit.Report;

namespace Edgec.Evaluate.Sensitivity;

/// <summary>The result of a sensitivity analysis for people: one page that needs no other file and no script.</summary>
public static class SensitivityPage
{
    private const string Template = "hls/report/sensitivity.html.scriban";

    /// <param name="tool">Name and version of the compiler.</param>
    /// <param name="model">The model's file name.</param>
    public static string Render(SensitivityResult result, string tool, string model, Templates templates) =>
        templates.Render(Template, new Page(
            HtmlReport.Style(templates),
            Html.Escape(tool),
            Html.Escape(model),
            Html.Escape(Verdict(result)),
            [
                Fact("precision", result.Precision, "of the model that was judged"),
                Fact("all layers quantized", $"{Decibels.Text(result.Quantized)} dB", $"at {string.Join(", ", result.Outputs)}"),
                Fact("layers", Quantity.Count(result.Layers.Length), "that compute in integers"),
                Fact("samples", Quantity.Count(result.Samples), "measured"),
            ],
            RankingDrawing.Draw(result),
            PropagationDrawing.Draw(result.Values),
            [.. result.Layers.Select(Row)]));

    private static string Verdict(SensitivityResult result) => result.Layers is [var worst, ..]
        ? $"{worst.Name} hurts most: alone in {worst.Precision} it leaves {Decibels.Text(worst.Alone)} dB; in {worst.Wider}, all others as they are, the outputs gain {Decibels.Difference(worst.Gain)} dB."
        : "No layer computes in integers.";

    private static PageFact Fact(string name, string value, string note) => new(name, Html.Escape(value), Html.Escape(note));

    private static PageLayer Row(LayerSensitivity layer) => new(
        layer.Index, Html.EscapeShort(layer.Name, 40), Html.EscapeShort(layer.Value, 48), Html.Escape($"{layer.Name}: {layer.Value}", 400), Html.Escape(layer.Operator),
        Html.Escape(layer.Precision.ToString()), Decibels.Text(layer.Local), Decibels.Text(layer.Alone), Html.Escape(layer.Wider.ToString()), Decibels.Difference(layer.Gain), Decibels.Text(layer.Propagated));

    // What the template sees: every string is escaped and formatted already.
    private sealed record Page(
        string Style, string Tool, string Model, string Verdict, ImmutableArray<PageFact> Facts, string Ranking, string Propagation, ImmutableArray<PageLayer> Rows);

    private sealed record PageLayer(
        int Index, string Name, string Value, string Tip, string Operator, string Precision, string Local, string Alone, string Wider, string Gain, string Propagated);
}
