using Edgec.Quantize.Calibration;
using Spectre.Console;

namespace Edgec.Cli.Commands;

/// <summary>Calibrated ranges and what speaks for them, a value a row.</summary>
internal static class RangeTable
{
    public static Table Of(CalibrationResult result)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string heading in new[] { "value", "range", "seen", "zeros", "sigma", "halves' scales", "max|x|/sigma", "kurtosis" })
            table.AddColumn(new TableColumn(heading) { Alignment = heading == "value" ? Justify.Left : Justify.Right });
        foreach (CalibratedValue value in result.Values)
            table.AddRow([.. Cells(value).Select(Markup.Escape)]);
        return table;
    }

    private static string[] Cells(CalibratedValue value) => value.Seen is { } seen
        ?
        [
            value.Name, Ends(value.Range.Lo, value.Range.Hi), Ends(seen.Lowest, seen.Highest),
            seen.Count == 0 ? "" : (seen.Zeros / (double)seen.Count).ToString("p0"), seen.Deviation.ToString("g4"),
            seen.ScaleRatio?.ToString("f3") ?? "", $"{seen.OutlierRatio:f1}{(seen.HasOutliers ? " *" : "")}", seen.Kurtosis.ToString("f1"),
        ]
        : [value.Name, Ends(value.Range.Lo, value.Range.Hi), "", "", "", "", "", ""];

    private static string Ends(float low, float high) => $"{low:g4} .. {high:g4}";
}
