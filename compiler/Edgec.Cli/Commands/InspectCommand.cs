using System.CommandLine;
using System.Text.Json.Nodes;
using Edgec.Compile;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Plan;
using Edgec.Runtime;
using Edgec.Targets;
using Spectre.Console;

namespace Edgec.Cli.Commands;

/// <summary><c>edgec inspect MODEL</c>: what is in a model, and with <c>--numeric</c> what its integers mean.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var model = new ModelOptions();
        var numeric = new Option<bool>("--numeric") { Description = "Quantizes, and prints scales, zero points, multipliers, shifts, rounding and accumulator ranges." };
        var plan = new Option<bool>("--plan") { Description = "Prints the plan: every value's place and every step." };
        var target = new Option<string?>("--target") { Description = "With --plan: the plan for this target; of an FPGA also its engines' sizes and commands.", HelpName = "NAME" };
        var errors = new Option<bool>("--errors") { Description = "Quantizes, and prints how far each layer can lie from exact arithmetic on its operands." };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object." };
        var command = new Command("inspect", "Shows a model's inputs, outputs and layers.");
        model.AddTo(command);
        command.Add(numeric);
        command.Add(plan);
        command.Add(target);
        command.Add(errors);
        command.Add(json);
        command.SetAction(parsed =>
        {
            CompileOptions options = model.Read(parsed);
            bool quantize = parsed.GetValue(numeric) || parsed.GetValue(plan) || parsed.GetValue(errors);
            if (parsed.GetValue(target) is { } name && !parsed.GetValue(plan))
                throw new DiagnosticException(CommandDiagnostics.WrongValue("--target", name, "it is for --plan"));
            Target? on = parsed.GetValue(target) is { } wanted ? TargetCatalog.Load(wanted) : null;
            var diagnostics = new DiagnosticBag();
            Graph graph = Screen.Watch(progress =>
            {
                var compiler = new ModelCompiler(options, diagnostics, progress, model.Pipeline(parsed));
                Graph canonical = compiler.Load();
                return quantize ? compiler.Lower(canonical, on) : canonical;
            });
            Screen.Print(diagnostics.Items);
            if (parsed.GetValue(numeric) && parsed.GetValue(json))
                JsonOutput.Print(NumericTable.ToJson(Planner.Plan(graph, new PlanOptions(), options.Model)));
            else if (parsed.GetValue(errors) && parsed.GetValue(json))
                JsonOutput.Print(new JsonObject { ["name"] = graph.Name, ["errors"] = ErrorTable.ToJson(Planner.Plan(graph, new PlanOptions(), options.Model)) });
            else if (parsed.GetValue(errors))
                Screen.Print(ErrorTable.Of(Planner.Plan(graph, new PlanOptions(), options.Model)));
            else if (parsed.GetValue(json))
                JsonOutput.Print(ToJson(graph));
            else if (parsed.GetValue(plan))
                Console.Write(PlanText(graph, on, options));
            else if (parsed.GetValue(numeric))
                Screen.Print(NumericTable.Of(Planner.Plan(graph, new PlanOptions(), options.Model)));
            else
                Print(graph);
            return 0;
        });
        return command;
    }

    private static string PlanText(Graph graph, Target? target, CompileOptions options) => target is null
        ? PlanPrinter.Print(Planner.Plan(graph, new PlanOptions(), options.Model))
        : Backends.Print(Planner.Plan(graph, Backends.PlanOptions(target, options.Ram), options.Model), target, options.Model);

    private static void Print(Graph graph)
    {
        Console.WriteLine($"{graph.Name}: {graph.Nodes.Length} nodes, {graph.Constants.Values.Sum(c => (long)c.Count):n0} parameters");
        foreach (string input in graph.Inputs)
            Console.WriteLine($"  input  {input} {graph.TypeOf(input)}");
        foreach (string output in graph.Outputs)
            Console.WriteLine($"  output {output} {graph.TypeOf(output)}");
        Table table = new Table().Border(TableBorder.Simple).AddColumns("operator", "output", "type", "MMAC", "from");
        foreach (Node node in graph.Nodes)
        {
            long macs = ((Ops.Operator)node.Op).Macs(Ops.InferContext.Of(graph, node));
            table.AddRow([.. new[] { node.Op.Name, node.Output, graph.TypeOf(node.Output).ToString(), macs == 0 ? "" : (macs / 1e6).ToString("f2"), node.Origin.ToString() }.Select(Markup.Escape)]);
        }

        Screen.Print(table);
    }

    private static JsonObject ToJson(Graph graph) => new()
    {
        ["name"] = graph.Name,
        ["nodes"] = graph.Nodes.Length,
        ["parameters"] = graph.Constants.Values.Sum(c => (long)c.Count),
        ["macs"] = graph.Nodes.Sum(node => ((Ops.Operator)node.Op).Macs(Ops.InferContext.Of(graph, node))),
        ["inputs"] = Ports(graph, graph.Inputs),
        ["outputs"] = Ports(graph, graph.Outputs),
    };

    private static JsonArray Ports(Graph graph, IEnumerable<string> values) => new([.. values.Select(value => new JsonObject
    {
        ["name"] = value,
        ["element"] = graph.TypeOf(value).Element.Text(),
        ["shape"] = new JsonArray([.. graph.TypeOf(value).Shape.Select(extent => JsonValue.Create(extent))]),
        ["scale"] = graph.TypeOf(value).Quantization?.Scale,
        ["zero"] = graph.TypeOf(value).Quantization?.Zero,
    })]);
}
