using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using Edgec.Compile;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Evaluate.Assignment;
using Edgec.Evaluate.Sensitivity;
using Edgec.Ir;
using Edgec.Quantize.Precision;
using Edgec.Quantize.Weights;
using Edgec.Targets;
using Spectre.Console;

namespace Edgec.Cli.Commands;

/// <summary><c>edgec assign-precision MODEL --min-sqnr 30 -o my.plan</c>: a mixed-precision plan that keeps to a budget.</summary>
internal static class AssignPrecisionCommand
{
    private const int UsualSamples = 64, NoiseSamples = 8;

    private static readonly Option<string?> Target = new("--target") { Description = "What it is for: its kernels and its cost model. None by default, then no layer is refused but by the quantizer.", HelpName = "NAME" };
    private static readonly Option<long?> Bytes = new("--bytes") { Description = "The most bytes of weights and other constants.", HelpName = "N" };
    private static readonly Option<double?> Milliseconds = new("--milliseconds") { Description = "The most time an inference may take, estimated; needs --target.", HelpName = "X" };
    private static readonly Option<double?> MinSqnr = new("--min-sqnr") { Description = "The least signal to noise ratio at the outputs, against the float model.", HelpName = "DB" };
    private static readonly Option<double?> MaxLoss = new("--max-loss") { Description = "The most points of top-1 to lose; needs labels.", HelpName = "POINTS" };
    private static readonly Option<string> Candidates = new("--candidates") { Description = "What a layer may have, with commas between; fp32 too if it is named.", DefaultValueFactory = _ => "w8a16,w8a8,w4a8", HelpName = "LIST" };
    private static readonly Option<bool> Channels = new("--channels") { Description = "Lets a layer have output channels with weights of 8 and of 4 bits, as noise a byte ranks them through all layers." };
    private static readonly Option<string?> Data = new("--data") { Description = "What is measured on, with labels for --max-loss; the calibration data by default.", HelpName = "DATA" };
    private static readonly Option<string?> Output = new("--output") { Description = "The output that is judged; by default all, for top-1 the first.", HelpName = "NAME" };
    private static readonly Option<int?> Limit = new("--limit") { Description = $"At most so many samples; {UsualSamples} by default, all with --max-loss.", HelpName = "N" };
    private static readonly Option<string?> File = new("-o", "--output-file") { Description = "Where the plan goes; MODEL.plan by default.", HelpName = "FILE" };
    private static readonly Option<bool> Json = new("--json") { Description = "Prints one JSON object." };

    public static Command Create()
    {
        var model = new ModelOptions();
        var command = new Command("assign-precision", "Finds which layers need which numbers to keep to a budget of bytes, time or accuracy, and writes a precision plan.");
        model.AddTo(command);
        foreach (Option option in new Option[] { Target, Bytes, Milliseconds, MinSqnr, MaxLoss, Candidates, Channels, Data, Output, Limit, File, Json })
            command.Add(option);
        command.SetAction(parsed => Run(model, parsed));
        return command;
    }

    private static int Run(ModelOptions model, ParseResult parsed)
    {
        CompileOptions options = model.Read(parsed) with { Separate = true };
        Target? target = parsed.GetValue(Target) is { } name ? TargetCatalog.Load(name) : null;
        PrecisionBudget budget = ReadBudget(parsed, target);
        ImmutableArray<LayerPrecision> candidates = ReadCandidates(parsed.GetValue(Candidates)!);
        bool channels = parsed.GetValue(Channels);
        if (channels && !candidates.Any(narrow => candidates.Any(wide => ChannelChoices.IsPair(narrow, wide))))
            throw Wrong("--channels", string.Join(',', candidates), "it needs two --candidates that differ in the bits of weights alone, w4a8 and w8a8 or w4a16 and w8a16, without groups");
        if (parsed.GetValue(Limit) is <= 0 and var wrong)
            throw Wrong("--limit", wrong.ToString()!, "it is a positive number");
        var diagnostics = new DiagnosticBag();
        (AssignmentResult result, ImmutableArray<string> refused) = Screen.Watch(progress =>
        {
            var compiler = new ModelCompiler(options, diagnostics, progress, model.Pipeline(parsed));
            Graph canonical = compiler.Load();
            DataSet data = parsed.GetValue(Data) is { } path ? DataSet.Open(path, ModelCompiler.Inputs(canonical), model.Data(parsed), diagnostics) : compiler.OpenCalibration(canonical);
            int samples = Math.Min(data.Count, parsed.GetValue(Limit) ?? (budget.MaxLoss is null ? UsualSamples : data.Count));
            string? output = parsed.GetValue(Output);
            bool labelled = budget.MaxLoss is not null || data.HasLabels(output ?? canonical.Outputs[0]);
            var measurement = new PlanMeasurement(canonical, data, samples, output, labelled, progress);
            CalibratedModel calibrated = compiler.Calibrated(canonical, target);
            Graph Quantize(PrecisionPlan plan) => calibrated.Quantize(plan, new());
            var pricing = new PlanPricing(target, options.Ram, options.Model);
            var choices = new ChoiceMeasurement(calibrated.Canonical, Quantize, options.Plan, budget, pricing, options.Model);
            ImmutableArray<LayerChoices> layers = choices.Measure(candidates, Math.Min(samples, NoiseSamples), data.Sample, output, progress);
            if (channels)
            {
                ImmutableArray<WeightedLayer> able = ChannelChoices.Layers(calibrated.Canonical);
                layers = ChannelChoices.Expand(layers, able, compiler.Statistics(calibrated.Canonical, able));
            }

            var search = new PrecisionSearch(layers, choices.Floor, Quantize, pricing, measurement, options.Model);
            return (search.Find(budget, options.Plan), Refusals(choices));
        });
        Screen.Print(diagnostics.Items);
        string file = parsed.GetValue(File) ?? $"{Path.GetFileNameWithoutExtension(options.Model)}.plan";
        OutputFile.Write(file, PlanText.Of(result, budget, ModelCompiler.Tool, Path.GetFileName(options.Model)));
        if (parsed.GetValue(Json))
            JsonOutput.Print(ToJson(result, refused, file));
        else
            Print(result, refused, options.Plan, file);
        return 0;
    }

    private static PrecisionBudget ReadBudget(ParseResult parsed, Target? target)
    {
        if (parsed.GetValue(Bytes) is <= 0 and var bytes)
            throw Wrong("--bytes", bytes.ToString()!, "it is a positive number");
        if (parsed.GetValue(Milliseconds) is { } time && !(time > 0))
            throw Wrong("--milliseconds", time.ToString(), "it is a positive number");
        if (parsed.GetValue(MinSqnr) is { } decibel && !double.IsFinite(decibel))
            throw Wrong("--min-sqnr", decibel.ToString(), "it is a number of dB");
        if (parsed.GetValue(MaxLoss) is { } loss && !(loss >= 0 && loss <= 100))
            throw Wrong("--max-loss", loss.ToString(), "it lies between 0 and 100 points");
        var budget = new PrecisionBudget(parsed.GetValue(Bytes), parsed.GetValue(Milliseconds), parsed.GetValue(MinSqnr), parsed.GetValue(MaxLoss));
        if (!budget.LimitsCost && !budget.LimitsLoss)
            throw new DiagnosticException(CommandDiagnostics.WrongWord("There is no budget. Give --bytes, --milliseconds, --min-sqnr or --max-loss"));
        if (budget.Milliseconds is not null && (target is null || !Backends.HasCostModel(target)))
            throw Wrong("--milliseconds", budget.Milliseconds.ToString()!, "it needs a --target with a cost model, for example host");
        return budget;
    }

    private static ImmutableArray<LayerPrecision> ReadCandidates(string list) =>
    [
        .. list.Split(',').Select(word => PrecisionFile.ParseWords(word.Trim())
            ?? throw Wrong("--candidates", word, $"a candidate is one of {string.Join(", ", LayerPrecision.All.Select(p => p.Word))}, perhaps with a group")).Distinct(),
    ];

    // One line for all layers that are refused the same for the same reason.
    private static ImmutableArray<string> Refusals(ChoiceMeasurement choices) =>
    [
        .. choices.Refused.GroupBy(refusal => (refusal.Precision, refusal.Why))
            .Select(group => $"{group.Key.Precision} is not possible for {(group.Count() == 1 ? group.First().Layer.Name : $"{group.Count()} layers")}: {group.Key.Why}"),
    ];

    private static void Print(AssignmentResult result, ImmutableArray<string> refused, PrecisionPlan baseline, string file)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("layer", "operator", "precision", "8-bit rows", "alone dB", "bytes", "why");
        foreach (AssignedLayer layer in result.Layers)
        {
            table.AddRow([.. new[]
            {
                layer.Layer.Name, layer.Layer.Node.Op.Name, layer.Choice.Precision.Brief, WideText(layer), Decibels.Text(Noise.ToDecibel(layer.Choice.Noise)),
                layer.Choice.Cost.WeightBytes == 0 ? "" : $"{layer.Choice.Cost.WeightBytes:+#,0;-#,0}", layer.Why,
            }.Select(Markup.Escape)]);
        }

        Screen.Print(table);
        foreach (string refusal in refused)
            Console.WriteLine(refusal);
        Console.WriteLine($"{string.Join(", ", result.Layers.GroupBy(Kind).OrderByDescending(g => g.Count()).Select(g => $"{g.Count()} layer{(g.Count() == 1 ? "" : "s")} {g.Key}"))}");
        Console.WriteLine($"predicted {Decibels.Text(result.Predicted)} dB, measured {result.Measured}; {result.Cost}");
        Console.WriteLine($"{baseline.Summary}: {result.Baseline}; {result.BaselineCost}");
        Console.WriteLine($"{file}: use it with --precision {file}");
    }

    private static string Kind(AssignedLayer layer) =>
        layer.Choice.Precision is { Wide: not null } mixed ? $"{mixed with { Wide = null }} with wide channels" : layer.Choice.Precision.ToString();

    // Of the weights' rows.
    private static string WideText(AssignedLayer layer) => layer.Rows == 0 ? "" : $"{layer.WideRows}/{layer.Rows} ({100.0 * layer.WideRows / layer.Rows:f0} %)";

    private static JsonObject ToJson(AssignmentResult result, ImmutableArray<string> refused, string file) => new()
    {
        ["plan"] = file,
        ["predicted"] = JsonOutput.Number(result.Predicted),
        ["measured"] = ToJson(result.Measured, result.Cost),
        ["baseline"] = ToJson(result.Baseline, result.BaselineCost),
        ["layers"] = new JsonArray([.. result.Layers.Select(layer => (JsonNode)new JsonObject
        {
            ["name"] = layer.Layer.Name,
            ["operator"] = layer.Layer.Node.Op.Name,
            ["precision"] = layer.Choice.Precision.ToString(),
            ["rows"] = layer.Rows,
            ["wideRows"] = layer.WideRows,
            ["alone"] = JsonOutput.Number(Noise.ToDecibel(layer.Choice.Noise)),
            ["weightBytes"] = layer.Choice.Cost.WeightBytes,
            ["milliseconds"] = JsonOutput.Number(layer.Choice.Cost.Milliseconds),
            ["why"] = layer.Why,
        })]),
        ["refused"] = new JsonArray([.. refused.Select(refusal => (JsonNode)refusal)]),
    };

    private static JsonObject ToJson(PlanQuality quality, PlanCost cost) => new()
    {
        ["samples"] = quality.Samples,
        ["sqnr"] = JsonOutput.Number(quality.Sqnr),
        ["float"] = JsonOutput.Number(quality.Float),
        ["quantized"] = JsonOutput.Number(quality.Quantized),
        ["weightBytes"] = cost.WeightBytes,
        ["milliseconds"] = JsonOutput.Number(cost.Milliseconds),
    };

    private static DiagnosticException Wrong(string option, string value, string wanted) => new(CommandDiagnostics.WrongValue(option, value, wanted));
}
