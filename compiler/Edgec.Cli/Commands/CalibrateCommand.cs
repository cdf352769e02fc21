using System.CommandLine;
using System.Text.Json.Nodes;
using Edgec.Compile;
using Edgec.Diagnostics;
using Edgec.Quantize.Calibration;

namespace Edgec.Cli.Commands;

/// <summary><c>edgec calibrate MODEL --calibrate DATA -o FILE</c>: the ranges of all values, shown and kept for later.</summary>
internal static class CalibrateCommand
{
    public static Command Create()
    {
        var model = new ModelOptions();
        var output = new Option<string?>("-o", "--output-file") { Description = "Keeps the ranges in a file, for --calibration.", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object." };
        var command = new Command("calibrate", "Finds the range of every value on data, shows how sure it is, and keeps it for --calibration.");
        model.AddTo(command);
        command.Add(output);
        command.Add(json);
        command.SetAction(parsed =>
        {
            CompileOptions options = model.Read(parsed);
            if (options.Calibration is null && options.CalibrationFile is null)
                throw new DiagnosticException(CommandDiagnostics.WrongWord("Option '--calibrate' is required, or '--calibration' to look at a file"));
            var diagnostics = new DiagnosticBag();
            CalibrationResult result = Screen.Watch(progress =>
            {
                var compiler = new ModelCompiler(options, diagnostics, progress, model.Pipeline(parsed));
                return compiler.Calibrate(compiler.Load());
            });
            Screen.Print(diagnostics.Items);
            if (parsed.GetValue(output) is { } file)
                CalibrationFile.Save(file, result);
            if (parsed.GetValue(json))
                JsonOutput.Print(ToJson(result));
            else
                Print(result, parsed.GetValue(output));
            return 0;
        });
        return command;
    }

    private static void Print(CalibrationResult result, string? file)
    {
        Screen.Print(RangeTable.Of(result));
        int outliers = result.Values.Count(value => value.Seen is { HasOutliers: true });
        Console.WriteLine($"{result.Values.Length} values, {result.Calibrator} over {result.Samples} samples of {result.Data ?? "seeded noise"}; {(outliers == 0 ? "none has" : outliers == 1 ? "1 has" : $"{outliers} have")} outliers (*){(result.ClipOutliers ? ", which are clipped" : "")}.");
        if (file is not null)
            Console.WriteLine($"next: edgec compile MODEL --target NAME --calibration {file}");
    }

    private static JsonObject ToJson(CalibrationResult result) => new()
    {
        ["model"] = result.Model,
        ["data"] = result.Data,
        ["samples"] = result.Samples,
        ["calibrator"] = result.Calibrator,
        ["clipOutliers"] = result.ClipOutliers,
        ["values"] = new JsonArray([.. result.Values.Select(ToJson)]),
    };

    private static JsonObject ToJson(CalibratedValue value) => new()
    {
        ["name"] = value.Name,
        ["low"] = value.Range.Lo,
        ["high"] = value.Range.Hi,
        ["low16"] = value.WideRange.Lo,
        ["high16"] = value.WideRange.Hi,
        ["lowest"] = value.Seen?.Lowest,
        ["highest"] = value.Seen?.Highest,
        ["count"] = value.Seen?.Count,
        ["zeros"] = value.Seen?.Zeros,
        ["mean"] = value.Seen?.Mean,
        ["deviation"] = value.Seen?.Deviation,
        ["scaleRatio"] = value.Seen?.ScaleRatio,
        ["outlierRatio"] = value.Seen?.OutlierRatio,
        ["kurtosis"] = value.Seen?.Kurtosis,
        ["outliers"] = value.Seen?.HasOutliers,
    };
}
