using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Edgec.Compile;
using Edgec.Data;
using Edgec.Evaluate;
using Edgec.Ir;
using Edgec.Plan;
using Edgec.Quantize;
using Edgec.Quantize.Calibration;
using Spectre.Console;

namespace Edgec.Cli.Commands;

/// <summary>What each calibrator makes of a model: one calibration run, one float run, the same samples for all.</summary>
internal sealed record CalibratorComparison(ImmutableArray<CalibratorComparison.Row> Rows)
{
    /// <param name="open">Opens the labelled data for a model's inputs.</param>
    public static CalibratorComparison Of(
        ModelCompiler compiler, CompileOptions options, Func<IReadOnlyList<DataInput>, DataSet> open, IMetric metric, string? output, int? limit, IProgressSink progress)
    {
        Graph canonical = compiler.Load();
        ImmutableArray<ObservedValue> observed = compiler.Observe(canonical);
        var choices = new List<(QuantizeOptions Options, ImmutableArray<CalibratedValue> Values)>();
        foreach (ICalibrator calibrator in CalibratorTable.All.Union([(options.Quantize ?? new()).Chosen]))
        {
            var plain = new QuantizeOptions(calibrator);
            ImmutableArray<CalibratedValue> values = Calibrator.Choose(observed, plain);
            choices.Add((plain, values));
            if (values.Any(value => value.Seen is { HasOutliers: true }))
                choices.Add((plain with { ClipOutliers = true }, Calibrator.Choose(observed, plain with { ClipOutliers = true })));
        }

        ImmutableArray<ModelPlan> plans = [.. choices.Select(choice => Planner.Plan(compiler.Lower(canonical, choice.Values), new PlanOptions(), options.Model))];
        ImmutableArray<Evaluation> results = Evaluator.Evaluate(canonical, plans, open(ModelCompiler.Inputs(canonical)), metric, output, limit, progress);
        return new([.. choices.Zip(results, (choice, result) => new Row(choice.Options.Chosen.Description, choice.Options.ClipOutliers, result))]);
    }

    public Table ToTable()
    {
        Evaluation first = Rows[0].Result;
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string heading in new[] { "calibrator", "outliers", $"{first.Metric} on {first.Count}", "95 % interval", "minus float", "standard error", "agreement" })
            table.AddColumn(new TableColumn(heading) { Alignment = heading is "calibrator" or "outliers" ? Justify.Left : Justify.Right });
        if (first.Float is { } real)
            table.AddRow("float", "", Value(first, real), Ends(first.FloatInterval), "", "", "");
        foreach (Row row in Rows)
        {
            Evaluation r = row.Result;
            table.AddRow([.. new[]
            {
                row.Calibrator, row.ClipOutliers ? "auto" : "off", Value(r, r.Quantized), Ends(r.Interval),
                r is { Metric: "top1", Float: { } f } ? $"{100 * (r.Quantized - f):+0.00;-0.00;0.00}" : "", r.StandardError is { } e ? $"{100 * e:f2}" : "", r.Agreement?.ToString("p2") ?? "",
            }.Select(Markup.Escape)]);
        }

        return table;
    }

    public JsonObject ToJson()
    {
        Evaluation first = Rows[0].Result;
        return new()
        {
            ["metric"] = first.Metric,
            ["output"] = first.Output,
            ["count"] = first.Count,
            ["float"] = JsonOutput.Number(first.Float),
            ["calibrators"] = new JsonArray([.. Rows.Select(row => new JsonObject
            {
                ["calibrator"] = row.Calibrator,
                ["clipOutliers"] = row.ClipOutliers,
                ["quantized"] = JsonOutput.Number(row.Result.Quantized),
                ["low"] = row.Result.Interval?.Low,
                ["high"] = row.Result.Interval?.High,
                ["standardError"] = row.Result.StandardError,
                ["agreement"] = row.Result.Agreement,
            })]),
        };
    }

    private static string Value(Evaluation result, double value) => result.Metric == "top1" ? value.ToString("p2") : value.ToString("f4");

    private static string Ends(Interval? interval) => interval is { } i ? $"{100 * i.Low:f2} .. {100 * i.High:f2}" : "";

    /// <param name="Calibrator">As <see cref="ICalibrator.Description"/> says.</param>
    public sealed record Row(string Calibrator, bool ClipOutliers, Evaluation Result);
}
