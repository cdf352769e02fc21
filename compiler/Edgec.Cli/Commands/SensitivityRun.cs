using System.CommandLine;
using System.Text.Json.Nodes;
using Edgec.Compile;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Emit;
using Edgec.Evaluate.Sensitivity;
using Edgec.Ir;
using Spectre.Console;

namespace Edgec.Cli.Commands;

/// <summary><c>edgec evaluate MODEL --sensitivity</c>: which layers quantizing hurts.</summary>
internal static class SensitivityRun
{
    /// <summary>Samples that are measured where <c>--limit</c> does not say it.</summary>
    public const int UsualSamples = 8;

    private const int MostRows = 25;

    /// <param name="data">What is measured on; null for the calibration data.</param>
    /// <param name="html">Where a page goes; null for none.</param>
    public static int Run(CompileOptions options, ModelOptions model, ParseResult parsed, string? data, string? output, int? limit, string? html, bool json)
    {
        if (options.Plan.IsFloat)
            throw new DiagnosticException(CommandDiagnostics.WrongValue("--precision", "fp32", "with --sensitivity something must be quantized"));
        var diagnostics = new DiagnosticBag();
        SensitivityResult result = Screen.Watch(progress =>
        {
            var compiler = new ModelCompiler(options with { Separate = true }, diagnostics, progress, model.Pipeline(parsed));
            Graph canonical = compiler.Load();
            DataSet set = data is null
                ? compiler.OpenCalibration(canonical)
                : DataSet.Open(data, ModelCompiler.Inputs(canonical), model.Data(parsed), diagnostics);
            CalibratedModel calibrated = compiler.Calibrated(canonical);
            var analysis = new SensitivityAnalysis(calibrated.Canonical, plan => calibrated.Quantize(plan, new(), split: false), options.Plan, options.Model);
            return analysis.Run(Math.Min(set.Count, limit ?? UsualSamples), set.Sample, output, progress);
        });
        Screen.Print(diagnostics.Items);
        if (html is not null)
            OutputFile.Write(html, SensitivityPage.Render(result, ModelCompiler.Tool, Path.GetFileName(options.Model), new Templates(options.TemplateFolder)));
        if (json)
            JsonOutput.Print(ToJson(result));
        else
            Print(result);
        return 0;
    }

    private static void Print(SensitivityResult result)
    {
        Console.WriteLine($"{result.Precision}, all layers quantized: {Decibels.Text(result.Quantized)} dB at {string.Join(", ", result.Outputs)} on {result.Samples} samples");
        Table table = new Table().Border(TableBorder.Simple).AddColumns(
            "layer", "operator", "precision", "own result", "alone", "wider", "gains", "propagated");
        foreach (LayerSensitivity layer in result.Layers.Take(MostRows))
        {
            table.AddRow([.. new[]
            {
                layer.Name, layer.Operator, layer.Precision.ToString(), Decibels.Text(layer.Local), Decibels.Text(layer.Alone), layer.Wider.ToString(),
                Decibels.Difference(layer.Gain), Decibels.Text(layer.Propagated),
            }.Select(Markup.Escape)]);
        }

        Screen.Print(table);
        if (result.Layers.Length > MostRows)
            Console.WriteLine($"{result.Layers.Length - MostRows} layers less sensitive; --json and --html have all.");
        Console.WriteLine("dB against float. own result: from float operands. alone: the outputs if this layer alone is quantized. gains: what the outputs gain if it alone is wider. propagated: its result with all layers quantized.");
    }

    private static JsonObject ToJson(SensitivityResult result) => new()
    {
        ["precision"] = result.Precision,
        ["samples"] = result.Samples,
        ["outputs"] = new JsonArray([.. result.Outputs.Select(output => (JsonNode)output)]),
        ["quantized"] = JsonOutput.Number(result.Quantized),
        ["layers"] = new JsonArray([.. result.Layers.Select(layer => (JsonNode)new JsonObject
        {
            ["index"] = layer.Index,
            ["name"] = layer.Name,
            ["operator"] = layer.Operator,
            ["value"] = layer.Value,
            ["precision"] = layer.Precision.ToString(),
            ["local"] = JsonOutput.Number(layer.Local),
            ["alone"] = JsonOutput.Number(layer.Alone),
            ["wider"] = layer.Wider.ToString(),
            ["withWider"] = JsonOutput.Number(layer.WithWider),
            ["gain"] = JsonOutput.Number(layer.Gain),
            ["propagated"] = JsonOutput.Number(layer.Propagated),
        })]),
        ["values"] = new JsonArray([.. result.Values.Select(value => (JsonNode)new JsonObject
        {
            ["value"] = value.Value,
            ["operator"] = value.Operator,
            ["decibel"] = JsonOutput.Number(value.Decibel),
        })]),
    };
}
