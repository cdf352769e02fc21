using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Edgec.Evaluate;
using Edgec.Plan;
using Spectre.Console;

namespace Edgec.Cli.Commands;

/// <summary>The bytes of weights that mixtures of experts read, row by row and expert by expert: by formula, and where there is data as measured.</summary>
internal sealed class ExpertTable(ImmutableArray<ExpertTraffic> layers, ImmutableArray<ExpertUse>? measured)
{
    public bool IsEmpty => layers.IsEmpty;

    public void Print()
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("layer", "rows", "experts", "KiB an expert", "row by row", "expert by expert: expected", "at most");
        if (measured is not null)
            table.AddColumns("measured", "experts used", "rows an expert", "longest queue", "as in float");
        for (int i = 0; i < layers.Length; i++)
        {
            ExpertTraffic t = layers[i];
            List<string> row =
                [Markup.Escape(t.Step.Name), t.Rows.ToString(), $"{t.Choices} of {t.Experts}", Kib(t.ExpertBytes), Kib(t.RowByRow), Kib(t.Expected), Kib(t.Most)];
            if (measured is { } all)
            {
                ExpertUse use = all[i];
                row.AddRange(
                [
                    Kib(use.ByExpert), $"{use.UsedExperts:f2} ({use.LeastUsed} to {use.MostUsed})",
                    $"{(double)use.Rows.Min() / use.Samples:f1} to {(double)use.Rows.Max() / use.Samples:f1}", use.LongestQueue.ToString(),
                    use.Agreement is { } agreement ? $"{100 * agreement:f1} %" : "",
                ]);
            }

            table.AddRow([.. row]);
        }

        Screen.Print(table);
        double before = layers.Sum(t => t.RowByRow), after = measured is { } uses ? uses.Sum(use => use.ByExpert) : layers.Sum(t => t.Expected);
        string basis = measured is { } m ? $"measured on {m[0].Samples} samples" : "expected where all experts are as likely";
        Console.WriteLine($"weights of experts read an inference: {Kib(before)} KiB row by row, {Kib(after)} expert by expert ({basis}), {before / Math.Max(after, 1):f1} times less");
    }

    public JsonArray ToJson() =>
    [
        .. layers.Select((t, i) =>
        {
            var layer = new JsonObject
            {
                ["layer"] = t.Step.Name,
                ["rows"] = t.Rows,
                ["choices"] = t.Choices,
                ["experts"] = t.Experts,
                ["expertBytes"] = t.ExpertBytes,
                ["rowByRowBytes"] = t.RowByRow,
                ["expectedBytes"] = JsonOutput.Number(t.Expected),
                ["mostBytes"] = t.Most,
            };
            if (measured is { } all)
            {
                ExpertUse use = all[i];
                layer["measured"] = new JsonObject
                {
                    ["samples"] = use.Samples,
                    ["byExpertBytes"] = JsonOutput.Number(use.ByExpert),
                    ["expertsUsed"] = JsonOutput.Number(use.UsedExperts),
                    ["leastUsed"] = use.LeastUsed,
                    ["mostUsed"] = use.MostUsed,
                    ["longestQueue"] = use.LongestQueue,
                    ["agreement"] = use.Agreement,
                    ["rowsOfExperts"] = new JsonArray([.. use.Rows.Select(rows => JsonValue.Create(rows))]),
                };
            }

            return (JsonNode)layer;
        }),
    ];

    private static string Kib(double bytes) => (bytes / 1024).ToString("n1");
}
