using System.Globalization;

namespace Edgec.Emit.Report;

/// <summary>A row of the page's table of ranges.</summary>
/// <param name="Histogram">An SVG element; empty where there is none.</param>
internal sealed record PageRange(
    string Value, string Range, string Seen, string Zeros, string ScaleRatio, string OutlierRatio, string Kurtosis, bool Outliers, string Histogram)
{
    public static PageRange Of(ReportRange range) => range.Seen is { } seen
        ? new(
            Html.EscapeShort(range.Value, 32), Ends(range.Low, range.High), Ends(seen.Lowest, seen.Highest),
            seen.Count == 0 ? "" : Quantity.Percent(seen.Zeros / (double)seen.Count),
            seen.ScaleRatio is { } ratio ? Quantity.Fixed(ratio, 3) : "", Quantity.Fixed(seen.OutlierRatio, 1), Quantity.Fixed(seen.Kurtosis, 1),
            seen.Outliers, HistogramDrawing.Draw(range, seen))
        : new(Html.EscapeShort(range.Value, 32), Ends(range.Low, range.High), "", "", "", "", "", false, "");

    private static string Ends(float low, float high) => string.Create(CultureInfo.InvariantCulture, $"{low:g4} … {high:g4}");
}
