using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Edgec.Plan;
using Edgec.Plan.Hls;
using Spectre.Console;

namespace Edgec.Cli.Commands;

/// <summary>What attention loads on an FPGA: without an order, with so many queries in flight, as planned, and at least.</summary>
internal sealed class AttentionTable(Estimate estimate)
{
    private readonly ImmutableArray<StepEstimate> layers = [.. estimate.Steps.Where(step => step.Attention is not null)];

    public bool IsEmpty => layers.IsEmpty;

    /// <summary>Layers of one geometry share their rows.</summary>
    public void Print()
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns(
            "attention", "layers", "heads x queries x keys", "d", "in flight", "queries and keys", "values", "KiB", "on chip KiB", "least KiB");
        foreach (IGrouping<object, StepEstimate> alike in layers.GroupBy(step => (object)(step.Attention!.Geometry, step.Attention.Schedule, step.Attention.Resident)))
        {
            AttentionTraffic t = alike.First().Attention!;
            string count = $"{alike.Count()}", shape = $"{t.Geometry.Batch} x {t.Geometry.Rows} x {t.Geometry.Columns}", d = $"{t.Geometry.Inner}, {t.Geometry.Width}";
            Row([alike.First().Step.Name, count, shape, d, "no order", N(t.UnorderedTokens), N(t.Geometry.Batch * t.Schedule.UnorderedKeys), Kib(t.UnorderedBytes), "", ""]);
            foreach (AttentionTraffic order in AttentionTraffic.Shown.Select(t.At).DistinctBy(order => order.Schedule))
                Row(["", "", "", "", $"{order.Schedule.Parallel}", N(order.StreamedTokens), N(order.ValueLoads), Kib(order.PlannedBytes), Kib(order.OnChip), Kib(order.LowerBoundBytes)]);
            Row(["", "", "", "", $"{t.Schedule.Parallel}, {(t.Resident ? "resident" : "streamed")}: planned", N(t.StreamedTokens), N(t.ValueLoads), Kib(t.PlannedBytes), Kib(t.OnChip), Kib(t.LowerBoundBytes)]);
        }

        Screen.Print(table);
        Console.WriteLine("A layer: loads by the engine's order, one key and one value a step; KiB to and from memory. Least: each operand in and each result out once, or if that is more N²d²/M for M on chip (the order of it is proven, not the constant).");
        void Row(string[] cells) => table.AddRow([.. cells.Select(Markup.Escape)]);
    }

    public JsonArray ToJson() =>
    [
        .. layers.Select(step =>
        {
            AttentionTraffic t = step.Attention!;
            return (JsonNode)new JsonObject
            {
                ["layer"] = step.Step.Name,
                ["heads"] = t.Geometry.Batch,
                ["queries"] = t.Geometry.Rows,
                ["keys"] = t.Geometry.Columns,
                ["unorderedTokens"] = t.UnorderedTokens,
                ["unorderedBytes"] = t.UnorderedBytes,
                ["planned"] = Order(t),
                ["orders"] = new JsonArray([.. AttentionTraffic.Shown.Select(parallel => (JsonNode)Order(t.At(parallel)))]),
            };
        }),
    ];

    private static JsonObject Order(AttentionTraffic t) => new()
    {
        ["parallel"] = t.Schedule.Parallel,
        ["resident"] = t.Resident,
        ["steps"] = t.Schedule.Steps,
        ["tokens"] = t.StreamedTokens,
        ["values"] = t.ValueLoads,
        ["bytes"] = t.PlannedBytes,
        ["onChipBytes"] = t.OnChip,
        ["lowerBoundBytes"] = JsonOutput.Number(Math.Ceiling(t.LowerBoundBytes)),
    };

    private static string N(long count) => count.ToString("n0");

    private static string Kib(double bytes) => (bytes / 1024).ToString("n1");
}
