using System.Globalization;
using System.Text;

namespace Edgec.Emit.Report;

/// <summary>
/// How often a value took which numbers, as one small SVG: heights are logarithmic, so that rare numbers show; what the
/// range clamps has another colour, and a line stands at 0.
/// </summary>
internal static class HistogramDrawing
{
    private const double Width = 256, Height = 36;

    public static string Draw(ReportRange range, ReportSpread seen)
    {
        var drawing = new SvgDrawing($"Histogram of {range.Value}", Width, Height);
        if (seen is { Histogram.IsDefaultOrEmpty: false } && seen.Highest > seen.Lowest)
        {
            drawing.Path(Bars(range, seen, clamped: false), "held");
            drawing.Path(Bars(range, seen, clamped: true), "clamped");
            if (seen is { Lowest: < 0, Highest: > 0 })
                drawing.Line(At(seen, 0), 0, At(seen, 0), Height, "bound");
        }

        return drawing.ToString();
    }

    private static string Bars(ReportRange range, ReportSpread seen, bool clamped)
    {
        var path = new StringBuilder();
        double bar = Width / seen.Histogram.Length, most = Math.Log(1 + seen.Histogram.Max()), width = ((double)seen.Highest - seen.Lowest) / seen.Histogram.Length;
        for (int i = 0; i < seen.Histogram.Length; i++)
        {
            double middle = seen.Lowest + (i + 0.5) * width;
            if (seen.Histogram[i] == 0 || clamped != (middle < range.Low || middle > range.High))
                continue;
            double height = Math.Max(1, Height * Math.Log(1 + seen.Histogram[i]) / most);
            path.Append(CultureInfo.InvariantCulture, $"M{i * bar:0.##} {Height}v{-height:0.##}h{bar:0.##}V{Height}z");
        }

        return path.ToString();
    }

    private static double At(ReportSpread seen, double value) => Width * (value - seen.Lowest) / ((double)seen.Highest - seen.Lowest);
}
