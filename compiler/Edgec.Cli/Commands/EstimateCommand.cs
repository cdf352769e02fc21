using System.CommandLine;
using System.Text.Json.Nodes;
using Edgec.Compile;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Plan;
using Edgec.Targets;
using Spectre.Console;

namespace Edgec.Cli.Commands;

/// <summary><c>edgec estimate MODEL --target NAME</c>: what each layer is expected to cost.</summary>
internal static class EstimateCommand
{
    public static Command Create()
    {
        var model = new ModelOptions();
        var target = new TargetOptions();
        var json = new Option<bool>("--json") { Description = "Prints one JSON object." };
        var command = new Command("estimate", "Estimates cycles, memory traffic and resources on a target, layer by layer.");
        model.AddTo(command);
        target.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            CompileOptions options = model.Read(parsed);
            (Target on, BackendOptions backend) = target.Read(parsed);
            var diagnostics = new DiagnosticBag();
            Estimate estimate = Screen.Watch(progress =>
            {
                var compiler = new ModelCompiler(options, diagnostics, progress, model.Pipeline(parsed));
                Graph typed = compiler.Lower(compiler.Load(), on);
                return Backends.Estimate(Planner.Plan(typed, Backends.PlanOptions(on, options.Ram), options.Model), on, options.Model, backend);
            });
            Screen.Print(diagnostics.Items);
            if (parsed.GetValue(json))
                JsonOutput.Print(ToJson(estimate, on));
            else
                Print(estimate, on);
            return 0;
        });
        return command;
    }

    private static JsonObject ToJson(Estimate estimate, Target target) => new()
    {
        ["cycles"] = JsonOutput.Number(Math.Round(estimate.Cycles)),
        ["milliseconds"] = JsonOutput.Number(estimate.Milliseconds),
        ["framesPerSecond"] = JsonOutput.Number(estimate.FramesPerSecond),
        ["dramBytes"] = estimate.DramBytes,
        ["resources"] = estimate.Resources is not { } r ? null : new JsonObject
        {
            ["dsp"] = r.Dsp,
            ["bram36"] = r.Bram36,
            ["uram"] = r.Uram,
            ["lut"] = r.Lut,
            ["ff"] = r.Ff,
        },
        ["fits"] = target is FpgaTarget fpga ? estimate.Resources?.Fits(fpga) : null,
    };

    private static void Print(Estimate estimate, Target target)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("#", "layer", "kernel", "MMAC", "cycles", "DRAM KiB", "bound by");
        foreach (StepEstimate step in estimate.Steps)
        {
            table.AddRow(
                step.Step.Index.ToString(), Markup.Escape(step.Step.Name), step.Step.Kernel.Shape, (step.Step.Cost.Macs / 1e6).ToString("f2"),
                step.Cycles.ToString("n0"), (step.DramBytes / 1024.0).ToString("f1"), step.IsMemoryBound ? "memory" : "compute");
        }

        Screen.Print(table);
        Console.WriteLine($"{estimate.Cycles:n0} cycles at {estimate.ClockMHz:g4} MHz: {estimate.Milliseconds:g3} ms, {estimate.FramesPerSecond:g4} frames a second (an estimate)");
        if (estimate.Resources is { } r && target is FpgaTarget fpga)
            Console.WriteLine($"DSP {r.Dsp} of {fpga.Dsp}, BRAM36 {r.Bram36} of {fpga.Bram36}, URAM {r.Uram} of {fpga.Uram}, LUT {r.Lut:n0} of {fpga.Lut:n0}, FF {r.Ff:n0} of {fpga.Ff:n0}: {(r.Fits(fpga) ? "fits" : "does not fit")}");
    }
}
