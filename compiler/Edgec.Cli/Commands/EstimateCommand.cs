using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using Edgec.Compile;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Evaluate;
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
        var data = new Option<string?>("--data") { Description = "Images or arrays, of which the experts that their rows choose are counted.", HelpName = "DATA" };
        var limit = new Option<int?>("--limit") { Description = "At most so many samples of it.", HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object." };
        var command = new Command("estimate", "Estimates cycles, memory traffic and resources on a target, layer by layer.");
        model.AddTo(command);
        target.AddTo(command);
        command.Add(data);
        command.Add(limit);
        command.Add(json);
        command.SetAction(parsed =>
        {
            CompileOptions options = model.Read(parsed);
            (Target on, BackendOptions backend) = target.Read(parsed);
            if (parsed.GetValue(limit) is <= 0 and var wrong)
                throw new DiagnosticException(CommandDiagnostics.WrongValue("--limit", wrong.ToString()!, "it is a positive number"));
            if (parsed.GetValue(limit) is { } most && parsed.GetValue(data) is null)
                throw new DiagnosticException(CommandDiagnostics.WrongValue("--limit", most.ToString(), "it is for --data"));
            var diagnostics = new DiagnosticBag();
            (Estimate estimate, ExpertTable experts) = Screen.Watch(progress =>
            {
                var compiler = new ModelCompiler(options, diagnostics, progress, model.Pipeline(parsed));
                Graph canonical = compiler.Load(), typed = compiler.Lower(canonical, on);
                ModelPlan plan = Planner.Plan(typed, Backends.PlanOptions(on, options.Ram), options.Model);
                ImmutableArray<ExpertUse>? measured = null;
                if (parsed.GetValue(data) is { } samples)
                {
                    if (!ExpertTraffic.Of(plan).Any())
                        throw new DiagnosticException(CommandDiagnostics.WrongValue("--data", samples, "it is for models with mixtures of experts, and this has none"));
                    DataSet set = DataSet.Open(samples, ModelCompiler.Inputs(canonical), model.Data(parsed), diagnostics);
                    measured = ExpertUse.Measure(Planner.Plan(typed, new PlanOptions(), options.Model), canonical, set, parsed.GetValue(limit), progress);
                }

                return (Backends.Estimate(plan, on, options.Model, backend), new ExpertTable([.. ExpertTraffic.Of(plan)], measured));
            });
            Screen.Print(diagnostics.Items);
            if (parsed.GetValue(json))
            {
                JsonOutput.Print(ToJson(estimate, on, experts));
            }
            else
            {
                Print(estimate, on);
                if (!experts.IsEmpty)
                    experts.Print();
                if (new AttentionTable(estimate) is { IsEmpty: false } attention)
                    attention.Print();
            }

            return 0;
        });
        return command;
    }

    private static JsonObject ToJson(Estimate estimate, Target target, ExpertTable experts) => new()
    {
        ["cycles"] = JsonOutput.Number(Math.Round(estimate.Cycles)),
        ["milliseconds"] = JsonOutput.Number(estimate.Milliseconds),
        ["framesPerSecond"] = JsonOutput.Number(estimate.FramesPerSecond),
        ["dramBytes"] = estimate.DramBytes,
        ["loadingCycles"] = target is FpgaTarget ? estimate.LoadingCycles : null,
        ["hiddenCycles"] = target is FpgaTarget ? estimate.HiddenCycles : null,
        ["resources"] = estimate.Resources is not { } r ? null : new JsonObject
        {
            ["dsp"] = r.Dsp,
            ["bram36"] = r.Bram36,
            ["uram"] = r.Uram,
            ["lut"] = r.Lut,
            ["ff"] = r.Ff,
        },
        ["fits"] = target is FpgaTarget fpga ? estimate.Resources?.Fits(fpga) : null,
        ["experts"] = experts.ToJson(),
        ["attention"] = new AttentionTable(estimate).ToJson(),
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
        if (estimate.LoadingCycles > 0)
            Console.WriteLine($"Weights and parameters take {estimate.LoadingCycles:n0} cycles to come in, {estimate.HiddenCycles:n0} of them while what is before them is computed");
        if (estimate.Resources is { } r && target is FpgaTarget fpga)
            Console.WriteLine($"DSP {r.Dsp} of {fpga.Dsp}, BRAM36 {r.Bram36} of {fpga.Bram36}, URAM {r.Uram} of {fpga.Uram}, LUT {r.Lut:n0} of {fpga.Lut:n0}, FF {r.Ff:n0} of {fpga.Ff:n0}: {(r.Fits(fpga) ? "fits" : "does not fit")}");
    }
}
