using System.CommandLine;
using System.Text.Json.Nodes;
using Edgec.Compile;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Emit;
using Edgec.Evaluate;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Plan;
using Edgec.Verify;

namespace Edgec.Cli.Commands;

/// <summary><c>edgec evaluate MODEL|DIR --data DATA --metric top1</c>: float against compiled, on labelled data.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var model = new ModelOptions();
        var float32 = new Option<string?>("--model") { Description = "The ONNX file a bundle was made from, for the float figure.", HelpName = "MODEL" };
        var data = new Option<string?>("--data") { Description = "Labelled data to judge on; with --sensitivity without labels, the calibration data by default.", HelpName = "DATA" };
        var metric = new Option<string>("--metric") { Description = $"One of {MetricTable.Names}.", DefaultValueFactory = _ => "top1", HelpName = "NAME" };
        var output = new Option<string?>("--output") { Description = "The output that is judged; the first by default.", HelpName = "NAME" };
        var limit = new Option<int?>("--limit") { Description = $"At most so many samples; {SensitivityRun.UsualSamples} by default with --sensitivity.", HelpName = "N" };
        var compare = new Option<bool>("--compare-calibrators") { Description = "Judges the model with the ranges of each calibrator." };
        var sensitivity = new Option<bool>("--sensitivity") { Description = "Ranks the layers by what quantizing each costs." };
        var html = new Option<string?>("--html") { Description = "With --sensitivity or --metric ap50: writes a page with drawings.", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object." };
        var command = new Command("evaluate", "Measures what compiling costs in accuracy: the float model and the compiled one, or a bundle, on the same data.");
        model.AddTo(command);
        foreach (Option option in new Option[] { float32, data, metric, output, limit, compare, sensitivity, html, json })
            command.Add(option);
        command.SetAction(parsed =>
        {
            CompileOptions options = model.Read(parsed);
            string name = parsed.GetValue(metric)!;
            IMetric judge = MetricTable.Find(name)
                ?? throw new DiagnosticException(CommandDiagnostics.WrongValue("--metric", name, $"it is one of {MetricTable.Names}"));
            if (parsed.GetValue(limit) is <= 0 and var wrong)
                throw new DiagnosticException(CommandDiagnostics.WrongValue("--limit", wrong.ToString()!, "it is a positive number"));
            if (parsed.GetValue(sensitivity))
                return SensitivityRun.Run(options, model, parsed, parsed.GetValue(data), parsed.GetValue(output), parsed.GetValue(limit), parsed.GetValue(html), parsed.GetValue(json));
            string labelled = parsed.GetValue(data) ?? throw new DiagnosticException(CommandDiagnostics.WrongWord("Option '--data' is required."));
            var diagnostics = new DiagnosticBag();
            if (parsed.GetValue(compare))
            {
                if (Directory.Exists(options.Model) || options.CalibrationFile is not null || options.Plan.IsFloat)
                    throw new DiagnosticException(CommandDiagnostics.WrongValue("--compare-calibrators", "", "it needs a model that is quantized and calibrated on data, so no bundle, --calibration or fp32"));
                CalibratorComparison comparison = Screen.Watch(progress => CalibratorComparison.Of(
                    new ModelCompiler(options, diagnostics, progress, model.Pipeline(parsed)), options,
                    inputs => DataSet.Open(labelled, inputs, model.Data(parsed), diagnostics), judge, parsed.GetValue(output), parsed.GetValue(limit), progress));
                Screen.Print(diagnostics.Items.Distinct());
                if (parsed.GetValue(json))
                    JsonOutput.Print(comparison.ToJson());
                else
                    Screen.Print(comparison.ToTable());
                return 0;
            }

            Evaluation result = Screen.Watch(progress =>
            {
                Evaluator evaluator = Directory.Exists(options.Model)
                    ? OfBundle(options, parsed.GetValue(float32), diagnostics, progress)
                    : OfModel(new ModelCompiler(options, diagnostics, progress, model.Pipeline(parsed)), options.Model);
                DataSet set = DataSet.Open(labelled, evaluator.Inputs, model.Data(parsed), diagnostics);
                return evaluator.Evaluate(set, judge, parsed.GetValue(output), parsed.GetValue(limit), progress);
            });
            Screen.Print(diagnostics.Items);
            if (parsed.GetValue(html) is { } page)
                Draw(result, page, options);
            if (Directory.Exists(options.Model))
                BundleFindings.Keep(options.Model, result, parsed.GetValue(data)!);
            if (parsed.GetValue(json))
                JsonOutput.Print(ToJson(result));
            else
                Console.WriteLine(judge.Describe(result));
            return 0;
        });
        return command;
    }

    private static void Draw(Evaluation result, string page, CompileOptions options)
    {
        if (result.Pictures.IsEmpty)
            throw new DiagnosticException(CommandDiagnostics.WrongValue("--html", page, "there is a page for --sensitivity and for --metric ap50 only"));
        OutputFile.Write(page, DetectionPage.Render(result, ModelCompiler.Tool, Path.GetFileName(Path.TrimEndingDirectorySeparator(options.Model)), new Templates(options.TemplateFolder)));
    }

    private static Evaluator OfModel(ModelCompiler compiler, string model)
    {
        Graph canonical = compiler.Load();
        return new(canonical, Planner.Plan(compiler.Lower(canonical), new PlanOptions(), model));
    }

    // verify proves that the bundle's program computes what its graph says, so the graph is judged, by the reference.
    private static Evaluator OfBundle(CompileOptions options, string? float32, DiagnosticBag diagnostics, IProgressSink progress)
    {
        string folder = options.Model;
        BundleVerifier.Read(folder);
        ModelPlan plan = Planner.Plan(GraphFiles.Load(Path.Combine(folder, "graph", "model.ir")), new PlanOptions(), folder);
        if (float32 is null)
            return new(null, plan);
        Graph canonical = new ModelCompiler(options with { Model = float32 }, diagnostics, progress).Load();
        var own = new Evaluator(null, plan);
        var real = new Evaluator(canonical, plan);
        if (Ports(own.Inputs) != Ports(real.Inputs))
            throw new DiagnosticException(DataDiagnostics.OtherModel(folder, float32, $"its inputs are {Ports(own.Inputs)} and the model's {Ports(real.Inputs)}"));
        if (!plan.Outputs.Select(o => plan.Values[o].Name).SequenceEqual(canonical.Outputs))
            throw new DiagnosticException(DataDiagnostics.OtherModel(folder, float32, $"the model's outputs are {string.Join(", ", canonical.Outputs)}"));
        return real;
    }

    private static string Ports(IEnumerable<DataInput> ports) => string.Join(", ", ports.Select(port => $"{port.Name}{port.Shape}"));

    private static JsonObject ToJson(Evaluation result) => new()
    {
        ["metric"] = result.Metric,
        ["output"] = result.Output,
        ["count"] = result.Count,
        ["float"] = JsonOutput.Number(result.Float),
        ["quantized"] = JsonOutput.Number(result.Quantized),
        ["agreement"] = result.Agreement,
        ["low"] = result.Interval?.Low,
        ["high"] = result.Interval?.High,
        ["standardError"] = result.StandardError,
    };
}
