using System.Globalization;
using System.Text;

namespace Edgec.Emit.Report;

/// <summary>Writes one SVG element for a page; colours come from the page's style sheet through classes.</summary>
/// <param name="label">What it shows, for readers that do not see it.</param>
internal sealed class SvgDrawing(string label, double width, double height)
{
    private readonly StringBuilder body = new();

    /// <param name="tip">Shown under the pointer, one fact a line; null for none.</param>
    public void Rectangle(double x, double y, double w, double h, string kind, string? tip = null) =>
        Add("rect", $"x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(w)}\" height=\"{N(h)}\" rx=\"1.5\"", kind, tip);

    public void Circle(double x, double y, double radius, string kind, string? tip = null) =>
        Add("circle", $"cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"{N(radius)}\"", kind, tip);

    public void Line(double x0, double y0, double x1, double y1, string kind) =>
        Add("line", $"x1=\"{N(x0)}\" y1=\"{N(y0)}\" x2=\"{N(x1)}\" y2=\"{N(y1)}\"", kind, null);

    /// <param name="commands">As in the attribute d; nothing is drawn if there are none.</param>
    public void Path(string commands, string kind)
    {
        if (commands.Length > 0)
            Add("path", $"d=\"{commands}\"", kind, null);
    }

    /// <param name="kind">Classes; <c>end</c> and <c>middle</c> say which point of the text is at x.</param>
    /// <param name="turned">Reads upwards.</param>
    public void Text(double x, double y, string text, string kind, bool turned = false)
    {
        string place = turned ? $"transform=\"translate({N(x)} {N(y)}) rotate(-90)\"" : $"x=\"{N(x)}\" y=\"{N(y)}\"";
        body.Append(CultureInfo.InvariantCulture, $"<text {place} class=\"{kind}\">{Html.Escape(text)}</text>\n");
    }

    public override string ToString() =>
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {N(width)} {N(height)}\" role=\"img\" aria-label=\"{Html.Escape(label)}\">\n{body}</svg>";

    private void Add(string element, string numbers, string kind, string? tip)
    {
        body.Append(CultureInfo.InvariantCulture, $"<{element} {numbers} class=\"{kind}\"");
        if (tip is null)
            body.Append("/>\n");
        else
            body.Append(CultureInfo.InvariantCulture, $"><title>{string.Join('\n', tip.Split('\n').Select(line => Html.Escape(line)))}</title></{element}>\n");
    }

    private static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
