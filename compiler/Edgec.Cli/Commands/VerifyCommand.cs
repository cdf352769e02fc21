using System.CommandLine;
using System.Text.Json.Nodes;
using Edgec.Check;
using Edgec.Verify;
using Spectre.Console;

namespace Edgec.Cli.Commands;

/// <summary><c>edgec verify DIR</c>: builds a bundle, runs it and compares every layer with the reference.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "A bundle." };
        var samples = new Option<int?>("--samples") { Description = "Inputs to compare on: the bundle's own and random ones.", HelpName = "N" };
        var compiler = new Option<string?>("--compiler") { Description = "Builds with this compiler instead of the target's own: clang, gcc-14, a path.", HelpName = "NAME" };
        var all = new Option<bool>("--layers") { Description = "Lists every layer, not only those that differ." };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object." };
        var command = new Command("verify", "Builds a bundle with this machine's compiler, runs it and compares it with the reference, layer by layer.") { folder, samples, compiler, all, json };
        command.SetAction(parsed =>
        {
            VerifyReport report = Screen.Watch(progress => BundleVerifier.Verify(parsed.GetValue(folder)!, parsed.GetValue(samples), progress, parsed.GetValue(compiler)));
            BundleFindings.Keep(parsed.GetValue(folder)!, report);
            if (parsed.GetValue(json))
                JsonOutput.Print(ToJson(report));
            else
                Print(report, parsed.GetValue(folder)!, parsed.GetValue(all));
            return report.Equal ? 0 : 1;
        });
        return command;
    }

    private static JsonObject ToJson(VerifyReport report) => new()
    {
        ["backend"] = report.Backend,
        ["target"] = report.Target,
        ["layers"] = report.Layers.Length,
        ["floatLayers"] = report.FloatLayers,
        ["samples"] = report.Samples,
        ["tasks"] = report.Tasks,
        ["equal"] = report.Equal,
        ["firstDifference"] = report.FirstDifference is { } first ? $"{first.Name}: {first.First}" : null,
        ["changedFiles"] = new JsonArray([.. report.Changed.Select(file => JsonValue.Create(file))]),
        ["seconds"] = Math.Round(report.Seconds, 2),
    };

    private static void Print(VerifyReport report, string folder, bool all)
    {
        foreach (string file in report.Changed)
            Console.WriteLine($"note: {file} is not as edgec wrote it");
        LayerResult[] rows = [.. report.Layers.Where(layer => all || !layer.Passed)];
        if (rows.Length > 0)
            Screen.Print(LayerTable(rows));
        string what = report.FloatLayers == 0
            ? $"{report.Layers.Length} layers equal"
            : $"{report.Layers.Length - report.FloatLayers} integer layers equal, {report.FloatLayers} float layers within their bound";
        Console.WriteLine(report.Equal
            ? $"{folder}: {what} on {report.Samples} inputs{(report.Tasks > 0 ? $", all outputs together and {report.Tasks} alone" : "")} ({report.Backend} for {report.Target}, {report.Seconds:f1} s)"
            : $"{folder}: DIFFERENT, first in layer {report.FirstDifference!.Index} {report.FirstDifference.Name} ({report.FirstDifference.Origin}) at {report.FirstDifference.First}");
    }

    private static Table LayerTable(IEnumerable<LayerResult> rows)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("#", "layer", "kernel", "elements", "differing", "worst", "verdict");
        foreach (LayerResult row in rows)
        {
            string verdict = row.Passed ? row.IsFloat ? "within bound" : "equal" : $"differs at {row.First}";
            table.AddRow(
                row.Index.ToString(), Markup.Escape(row.Name), row.Kernel, row.Elements.ToString("n0"), row.Differing.ToString("n0"), row.Worst.ToString("g3"), Markup.Escape(verdict));
        }

        return table;
    }
}
