using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Edgec.Compile;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Evaluate;
using Edgec.Evaluate.Explore;
using Edgec.Ir;
using Edgec.Targets;
using Spectre.Console;

namespace Edgec.Cli.Commands;

/// <summary><c>edgec explore MODEL --target NAME --ladder deform</c>: what a series of cheaper designs costs and gains.</summary>
internal static class ExploreCommand
{
    private const string Deform = "deform";

    public static Command Create()
    {
        var model = new ModelOptions();
        var target = new TargetOptions();
        var ladder = new Option<string>("--ladder") { Description = "The series of designs: deform, for deformable convolutions.", Required = true, HelpName = "NAME" };
        var range = new Option<float>("--range") { Description = "Pixels to which the rung deform-bound clamps offsets.", DefaultValueFactory = _ => Passes.DeformBound.UsualRange, HelpName = "PIXELS" };
        var data = new Option<string?>("--data") { Description = "Labelled data; without it accuracy is left out.", HelpName = "DATA" };
        var metric = new Option<string>("--metric") { Description = $"One of {MetricTable.Names}.", DefaultValueFactory = _ => "ap50", HelpName = "NAME" };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object." };
        var command = new Command("explore", "Tries designs that are cheaper and perhaps less accurate, one on top of the other and each alone, and prints a row for each.");
        model.AddTo(command);
        target.AddTo(command);
        foreach (Option option in new Option[] { ladder, range, data, metric, json })
            command.Add(option);
        command.SetAction(parsed =>
        {
            CompileOptions options = model.Read(parsed);
            (Target on, BackendOptions backend) = target.Read(parsed);
            if (parsed.GetValue(ladder) is not Deform and var other)
                throw new DiagnosticException(CommandDiagnostics.WrongValue("--ladder", other!, $"it is {Deform}"));
            IMetric judge = MetricTable.Find(parsed.GetValue(metric)!)
                ?? throw new DiagnosticException(CommandDiagnostics.WrongValue("--metric", parsed.GetValue(metric)!, $"it is one of {MetricTable.Names}"));
            if (parsed.GetValue(range) is not (> 0 and < 1000) and var pixels)
                throw new DiagnosticException(CommandDiagnostics.WrongValue("--range", pixels.ToString(CultureInfo.InvariantCulture), "it is a number of pixels above 0 and below 1000"));
            var diagnostics = new DiagnosticBag();
            ImmutableArray<Rung> rungs = Screen.Watch(progress =>
            {
                var climber = new DeformLadder(options with { Backend = backend }, on, parsed.GetValue(range), diagnostics, progress);
                Func<Graph, DataSet>? open = parsed.GetValue(data) is { } file
                    ? graph => DataSet.Open(file, ModelCompiler.Inputs(graph), model.Data(parsed), diagnostics) : null;
                return climber.Climb(open, judge);
            });
            Screen.Print(diagnostics.Items.Distinct());
            if (parsed.GetValue(json))
                JsonOutput.Print(new JsonObject { ["target"] = on.Name, ["ladder"] = Deform, ["rungs"] = new JsonArray([.. rungs.Select(rung => (JsonNode)ToJson(rung))]) });
            else
                Print(rungs, on, judge);
            return 0;
        });
        return command;
    }

    private static void Print(ImmutableArray<Rung> rungs, Target target, IMetric metric)
    {
        bool fpga = rungs[0].Dsp is not null, energy = rungs[0].Microjoules is not null;
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("rung", "cycles", "of deform", "ms");
        if (fpga)
            table.AddColumn("samples");
        table.AddColumns("rows KiB", "sample products", "DRAM KiB");
        if (energy)
            table.AddColumn("energy µJ");
        if (fpga)
            table.AddColumns("DSP", "BRAM36");
        if (!rungs[0].Accuracy.IsEmpty)
            table.AddColumns([$"{metric.Name} float", .. rungs[0].Accuracy.Select(a => a.Precision)]);
        foreach (Rung rung in rungs)
        {
            string[] cells =
            [
                rung.Name, N(rung.Cycles, "n0"), N(rung.LadderCycles, "n0"), N(rung.Milliseconds, "g3"),
                .. fpga ? [rung.Samples ?? "-"] : Array.Empty<string>(), N(rung.BufferBytes / 1024.0, "n1"), N(rung.SampleProducts, "n0"), N(rung.DramBytes / 1024.0, "n0"),
                .. energy ? [N(rung.Microjoules, "n0")] : Array.Empty<string>(),
                .. fpga ? [$"{rung.Dsp}", $"{rung.Bram36}"] : Array.Empty<string>(),
                .. rung.Accuracy.IsEmpty ? [] : new[] { N(rung.Accuracy[0].Result.Float, "f4") },
                .. rung.Accuracy.Select(a => N(a.Result.Quantized, "f4") + (a.Result.StandardError is { } error ? $" ± {N(error, "f4")}" : "")),
            ];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        Screen.Print(table);
        Console.WriteLine($"Estimates on {target.Name}, one inference; + on top of those before. rows: what a layer must have of its image at hand. sample products: multiplications that make samples.");
        if (!rungs[0].Accuracy.IsEmpty)
            Console.WriteLine("±: standard error of the difference to the same rung in float.");
    }

    private static string N(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";

    private static JsonObject ToJson(Rung rung) => new()
    {
        ["rung"] = rung.Name,
        ["passes"] = rung.Passes,
        ["cycles"] = JsonOutput.Number(Math.Round(rung.Cycles)),
        ["ladderCycles"] = JsonOutput.Number(Math.Round(rung.LadderCycles)),
        ["milliseconds"] = JsonOutput.Number(rung.Milliseconds),
        ["samples"] = rung.Samples,
        ["bufferBytes"] = rung.BufferBytes,
        ["dramBytes"] = rung.DramBytes,
        ["sampleProducts"] = rung.SampleProducts,
        ["microjoules"] = JsonOutput.Number(rung.Microjoules),
        ["dsp"] = rung.Dsp,
        ["bram36"] = rung.Bram36,
        ["accuracy"] = new JsonArray([.. rung.Accuracy.Select(a => (JsonNode)new JsonObject
        {
            ["precision"] = a.Precision,
            ["metric"] = a.Result.Metric,
            ["count"] = a.Result.Count,
            ["float"] = JsonOutput.Number(a.Result.Float),
            ["quantized"] = JsonOutput.Number(a.Result.Quantized),
            ["standardError"] = a.Result.StandardError,
        })]),
    };
}
