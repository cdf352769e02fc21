using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Edgec.Bundle;
using Edgec.Check;
using Edgec.Compile;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Evaluate;
using Edgec.Import;
using Edgec.Ir;
using Edgec.Plan;
using Edgec.Runtime.Kernels;
using Edgec.Targets;
using Edgec.Verify;
using Spectre.Console;

namespace Edgec.Cli.Commands;

/// <summary><c>edgec demo</c>: one trained network as an FPGA design, as C for ARM and as C#, each verified, and its accuracy.</summary>
internal static class DemoCommand
{
    private const string Example = "examples/shapes-classifier";

    private const string TestData = "shapes_test.npz";

    private static readonly string[] Targets = ["ultra96", "cortex-a72", "csharp"];

    public static Command Create()
    {
        var output = new Option<string>("-o", "--output-dir") { Description = "The folder that gets a bundle for each target.", DefaultValueFactory = _ => "demo-out", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object." };
        var command = new Command("demo", "Compiles a trained network for an FPGA, ARM and .NET, verifies all three and measures accuracy.") { output, json };
        command.SetAction(parsed =>
        {
            long start = Stopwatch.GetTimestamp();
            var diagnostics = new DiagnosticBag();
            Result result = Screen.Watch(progress => Run(Folder(), parsed.GetValue(output)!, diagnostics, progress));
            foreach (Row row in result.Rows)
            {
                BundleFindings.Keep(row.Folder, row.Report);
                BundleFindings.Keep(row.Folder, result.Accuracy, TestData);
            }

            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Screen.Print(diagnostics.Items);
            if (parsed.GetValue(json))
                JsonOutput.Print(ToJson(result, seconds));
            else
                Print(result, parsed.GetValue(output)!, seconds);
            return result.Rows.All(row => row.Report.Equal) ? 0 : 1;
        });
        return command;
    }

    private static Result Run(string example, string output, DiagnosticBag diagnostics, IProgressSink progress)
    {
        var options = new CompileOptions(
            Path.Combine(example, "shapes_resnet8.onnx"), ImportOptions.None, Calibration: Path.Combine(example, "shapes_calibration.npz"));
        var compiler = new ModelCompiler(options, diagnostics, progress);
        Graph canonical = compiler.Load();
        Graph typed = compiler.Lower(canonical);
        var compiled = new List<(CompiledModel Model, string Folder)>();
        foreach (string name in Targets)
        {
            CompiledModel model = compiler.Compile(canonical, typed, TargetCatalog.Load(name));
            string folder = Path.Combine(output, name);
            BundleWriter.Write(folder, model.Files);
            compiled.Add((model, folder));
        }

        // Most of this waits for compilers, so the three go side by side.
        var rows = new Row[compiled.Count];
        ParallelWork.Each(rows.Length, i => rows[i] = new(compiled[i].Model, compiled[i].Folder, BundleVerifier.Verify(compiled[i].Folder, null, progress)));
        DataSet test = DataSet.Open(Path.Combine(example, TestData), ModelCompiler.Inputs(canonical), DataOptions.None, diagnostics);
        ModelPlan dense = Planner.Plan(typed, new PlanOptions(), options.Model);
        return new(rows, new Evaluator(canonical, dense).Evaluate(test, new Top1(), null, null, progress));
    }

    // The script edgec says where it lies; without it, the sources are above the program that was built from them.
    private static string Folder()
    {
        IEnumerable<string> candidates = Environment.GetEnvironmentVariable("EDGEC_HOME") is { Length: > 0 } home ? [home] : Above(AppContext.BaseDirectory);
        return candidates.Select(folder => Path.Combine(folder, Example)).FirstOrDefault(Directory.Exists)
            ?? throw new DiagnosticException(CommandDiagnostics.NoExample(Example));
    }

    private static IEnumerable<string> Above(string folder)
    {
        for (DirectoryInfo? at = new(folder); at is not null; at = at.Parent)
            yield return at.FullName;
    }

    private static JsonObject ToJson(Result result, double seconds) => new()
    {
        ["targets"] = new JsonArray([.. result.Rows.Select(row => new JsonObject
        {
            ["target"] = row.Compiled.Target.Name,
            ["backend"] = row.Report.Backend,
            ["layers"] = row.Report.Layers.Length,
            ["equal"] = row.Report.Equal,
            ["firstDifference"] = row.Report.FirstDifference is { } first ? $"{first.Name}: {first.First}" : null,
            ["samples"] = row.Report.Samples,
            ["milliseconds"] = row.Compiled.Estimate is { } estimate ? JsonOutput.Number(estimate.Milliseconds) : null,
            ["arenaBytes"] = row.Compiled.Plan.ArenaBytes,
            ["weightBytes"] = row.Compiled.Plan.Weights.Bytes.Length,
            ["folder"] = row.Folder,
        })]),
        ["metric"] = result.Accuracy.Metric,
        ["count"] = result.Accuracy.Count,
        ["float"] = JsonOutput.Number(result.Accuracy.Float),
        ["quantized"] = JsonOutput.Number(result.Accuracy.Quantized),
        ["agreement"] = result.Accuracy.Agreement,
        ["seconds"] = Math.Round(seconds, 1),
    };

    private static void Print(Result result, string output, double seconds)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("target", "backend", "layers equal", "inputs", "estimate", "arena", "weights", "bundle");
        foreach (Row row in result.Rows)
        {
            string[] cells =
            [
                row.Compiled.Target.Name,
                row.Report.Backend,
                $"{row.Report.Layers.Count(layer => layer.Passed)} of {row.Report.Layers.Length}",
                row.Report.Samples.ToString(),
                row.Compiled.Estimate is { Milliseconds: > 0 and < double.PositiveInfinity } estimate ? $"{estimate.Milliseconds:f2} ms" : "none",
                $"{row.Compiled.Plan.ArenaBytes:n0} B",
                $"{row.Compiled.Plan.Weights.Bytes.Length:n0} B",
                row.Folder,
            ];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        Screen.Print(table);
        Evaluation accuracy = result.Accuracy;
        Console.WriteLine($"top-1 on {accuracy.Count} pictures: float {accuracy.Float:p2}, int8 {accuracy.Quantized:p2}, the same class on {accuracy.Agreement:p2}");
        foreach (Row row in result.Rows.Where(row => row.Report.FirstDifference is not null))
            Console.WriteLine($"{row.Folder}: DIFFERENT, first in layer {row.Report.FirstDifference!.Name} at {row.Report.FirstDifference.First}");
        Console.WriteLine("The FPGA design ran as a C++ simulation, the ARM program on this machine or under an emulator; times of targets are estimates.");
        foreach (Row row in result.Rows.Where(row => File.Exists(Path.Combine(row.Folder, "report.html"))))
            Console.WriteLine($"report: {Path.Combine(row.Folder, "report.html")}");
        Console.WriteLine($"Everything lies in {output} ({seconds:f0} s). Next: edgec compile MODEL --target NAME; edgec --help");
    }

    private sealed record Row(CompiledModel Compiled, string Folder, VerifyReport Report);

    private sealed record Result(Row[] Rows, Evaluation Accuracy);
}
