using System.CommandLine;
using System.Text.Json.Nodes;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Targets;
using Spectre.Console;

namespace Edgec.Cli.Commands;

/// <summary><c>edgec targets</c>, <c>passes</c> and <c>ops</c>: what there is.</summary>
internal static class ListCommands
{
    public static Command Targets() => List("targets", "Lists what a model can be compiled for.", ["name", "kind", "description"], () =>
        TargetCatalog.Names.Select(TargetCatalog.Load).Select(target => new[] { target.Name, Kind(target), target.Description }));

    public static Command Passes() => List("passes", "Lists the passes on graphs, for opt --passes.", ["name", "what it does"], () =>
        PassTable.All.Select(def => new[] { def.Name, def.Description }));

    public static Command Ops() => List("ops", "Lists the operators edgec reads.", ["operator", "domain", "in the text form"], () =>
        OpTable.All.Where(def => def.Onnx is not null).Select(def => new[] { def.Onnx!, def.Domain.Length == 0 ? "ai.onnx" : def.Domain, def.Text }));

    private static string Kind(Target target) => target switch
    {
        FpgaTarget => "FPGA",
        CpuTarget => "CPU",
        _ => ".NET",
    };

    private static Command List(string name, string description, string[] columns, Func<IEnumerable<string[]>> rows)
    {
        var json = new Option<bool>("--json") { Description = "Prints one JSON object." };
        var command = new Command(name, description) { json };
        command.SetAction(parsed =>
        {
            string[][] all = [.. rows()];
            if (parsed.GetValue(json))
            {
                JsonOutput.Print(new JsonObject { [name] = new JsonArray([.. all.Select(row => JsonValue.Create(row[0]))]) });
                return 0;
            }

            Table table = new Table().Border(TableBorder.Simple).AddColumns(columns);
            foreach (string[] row in all)
                table.AddRow([.. row.Select(Markup.Escape)]);
            Screen.Print(table);
            return 0;
        });
        return command;
    }
}
