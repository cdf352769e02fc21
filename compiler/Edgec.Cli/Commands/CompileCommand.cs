using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Edgec.Bundle;
using Edgec.Compile;
using Edgec.Diagnostics;
using Edgec.Plan;
using Edgec.Targets;

namespace Edgec.Cli.Commands;

/// <summary><c>edgec compile MODEL --target NAME -o DIR</c>: the whole way to a bundle.</summary>
internal static class CompileCommand
{
    public static Command Create()
    {
        var model = new ModelOptions();
        var target = new TargetOptions();
        var output = new Option<string?>("-o", "--output-dir") { Description = "The bundle's folder; MODEL.TARGET by default.", HelpName = "DIR" };
        var noSize = new Option<bool>("--no-size") { Description = "Does not build the bundle to measure its object code." };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object." };
        var command = new Command("compile", "Compiles a model into a bundle of source code for a target.");
        model.AddTo(command);
        target.AddTo(command);
        command.Add(output);
        command.Add(noSize);
        command.Add(json);
        command.SetAction(parsed =>
        {
            (Target on, BackendOptions backend) = target.Read(parsed);
            return Run(model.Read(parsed) with { Backend = backend }, on, parsed.GetValue(output), !parsed.GetValue(noSize), parsed.GetValue(json), model, parsed);
        });
        return command;
    }

    private static int Run(CompileOptions options, Target target, string? output, bool measure, bool json, ModelOptions model, ParseResult parsed)
    {
        if (options.RealPorts && target is FpgaTarget)
            throw new DiagnosticException(CommandDiagnostics.WrongValue("--io", "real", "an FPGA bundle takes and gives integers"));
        string folder = output ?? $"{Path.GetFileNameWithoutExtension(options.Model)}.{target.Name}";
        long start = Stopwatch.GetTimestamp();
        var diagnostics = new DiagnosticBag();
        CompiledModel compiled;
        try
        {
            compiled = Screen.Watch(progress => new ModelCompiler(options, diagnostics, progress, model.Pipeline(parsed)).Compile(target));
            BundleWriter.Write(folder, compiled.Files);
        }
        catch (DiagnosticException problem)
        {
            Screen.Print(diagnostics.Items.Except(problem.Diagnostics));
            throw;
        }

        Screen.Print(diagnostics.Items);

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var summary = new Summary(compiled, folder, seconds, measure ? Backends.ObjectSize(folder, target) : null);
        if (json)
            JsonOutput.Print(summary.ToJson());
        else
            summary.Print();
        return 0;
    }

    private sealed record Summary(CompiledModel Compiled, string Folder, double Seconds, Check.ObjectSize? Object)
    {
        public JsonObject ToJson() => new()
        {
            ["backend"] = Compiled.Manifest.Backend,
            ["target"] = Compiled.Target.Name,
            ["folder"] = Folder,
            ["seconds"] = Math.Round(Seconds, 2),
            ["layers"] = Compiled.Plan.Steps.Length,
            ["macs"] = Compiled.Plan.TotalCost.Macs,
            ["arenaBytes"] = Compiled.Plan.ArenaBytes,
            ["weightBytes"] = Compiled.Plan.Weights.Bytes.Length,
            ["objectBytes"] = Object?.Code + Object?.Constants,
            ["milliseconds"] = Compiled.Estimate is { } estimate ? JsonOutput.Number(estimate.Milliseconds) : null,
        };

        public void Print()
        {
            Console.WriteLine($"{Folder}: {Compiled.Manifest.Backend} for {Compiled.Target.Name}, {Compiled.Plan.Steps.Length} layers, {Compiled.Plan.TotalCost.Macs / 1e6:f2} MMAC, compiled in {Seconds:f1} s");
            Console.WriteLine($"  arena {Compiled.Plan.ArenaBytes:n0} bytes, weights {Compiled.Plan.Weights.Bytes.Length:n0} bytes{(Object is { } size ? $", object code {size.Code + size.Constants:n0} bytes" : "")}");
            if (Compiled.Estimate is { } estimate)
                Console.WriteLine($"  estimate {estimate.Milliseconds:g3} ms an inference");
            for (int task = 0; task < Compiled.Plan.Tasks; task++)
            {
                PlanStep[] needed = [.. Compiled.Plan.Steps.Where(step => (step.Tasks >> task & 1) != 0)];
                Console.WriteLine($"  task {task} {Compiled.Plan.Values[Compiled.Plan.Outputs[task]].Name}: {needed.Length} layers, {needed.Sum(step => step.Cost.Macs) / 1e6:f2} MMAC");
            }

            Console.WriteLine($"  next: edgec verify {Folder}");
        }
    }
}
