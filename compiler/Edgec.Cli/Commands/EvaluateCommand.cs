using System.CommandLine;
using System.Text.Json.Nodes;
using Edgec.Compile;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Evaluate;
using Edgec.Ir;
using Edgec.Plan;

namespace Edgec.Cli.Commands;

/// <summary><c>edgec evaluate MODEL --data DATA --metric top1</c>: float against compiled, on labelled data.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var model = new ModelOptions();
        var data = new Option<string>("--data") { Description = "Labelled data to judge on.", Required = true, HelpName = "DATA" };
        var metric = new Option<string>("--metric") { Description = $"One of {string.Join(", ", Evaluator.Metrics)}.", DefaultValueFactory = _ => "top1", HelpName = "NAME" };
        var output = new Option<string?>("--output") { Description = "The output that is judged; the first by default.", HelpName = "NAME" };
        var limit = new Option<int?>("--limit") { Description = "At most so many samples.", HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object." };
        var command = new Command("evaluate", "Measures what compiling costs in accuracy: the float model and the compiled one on the same data.");
        model.AddTo(command);
        foreach (Option option in new Option[] { data, metric, output, limit, json })
            command.Add(option);
        command.SetAction(parsed =>
        {
            CompileOptions options = model.Read(parsed);
            string name = parsed.GetValue(metric)!;
            if (!Evaluator.Metrics.Contains(name))
                throw new DiagnosticException(CommandDiagnostics.WrongValue("--metric", name, $"it is one of {string.Join(", ", Evaluator.Metrics)}"));
            var diagnostics = new DiagnosticBag();
            Evaluation result = Screen.Watch(progress =>
            {
                var compiler = new ModelCompiler(options, diagnostics, progress, model.Pipeline(parsed));
                Graph canonical = compiler.Load();
                ModelPlan plan = Planner.Plan(compiler.Lower(canonical), new PlanOptions(), options.Model);
                DataSet set = DataSet.Open(parsed.GetValue(data)!, ModelCompiler.Inputs(canonical), model.Data(parsed), diagnostics);
                return new Evaluator(canonical, plan).Evaluate(set, name, parsed.GetValue(output), parsed.GetValue(limit), progress);
            });
            Screen.Print(diagnostics.Items);
            if (parsed.GetValue(json))
                JsonOutput.Print(ToJson(result));
            else
                Console.WriteLine(Sentence(result));
            return 0;
        });
        return command;
    }

    private static JsonObject ToJson(Evaluation result) => new()
    {
        ["metric"] = result.Metric,
        ["output"] = result.Output,
        ["count"] = result.Count,
        ["float"] = JsonOutput.Number(result.Float),
        ["quantized"] = JsonOutput.Number(result.Quantized),
        ["agreement"] = result.Agreement,
    };

    private static string Sentence(Evaluation result) => result.Metric == "top1"
        ? $"top-1 on {result.Count} samples: float {result.Float:p2}, compiled {result.Quantized:p2}, the same class on {result.Agreement:p2}"
        : $"signal to quantization noise on {result.Count} samples: {result.Quantized:f1} dB";
}
