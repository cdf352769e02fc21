using System.Collections.Immutable;
using System.CommandLine;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Passes;

namespace Edgec.Cli.Commands;

/// <summary><c>edgec opt FILE.ir --passes a,b{x=1}</c>: runs passes on a graph in text form.</summary>
internal static class OptCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE.ir") { Description = "A graph in the text form." };
        var passes = new Option<string>("--passes") { Description = "Names with commas between them, options in braces: fold-constants{limit=64},eliminate-dead.", Required = true, HelpName = "LIST" };
        var output = new Option<string?>("-o", "--output-dir") { Description = "Writes the graph and its weights there instead of printing it.", HelpName = "DIR" };
        var dump = new Option<string?>("--dump-ir") { Description = "Writes the graph after every pass.", HelpName = "DIR" };
        var stop = new Option<int?>("--stop-after") { Description = "Runs only so many passes.", HelpName = "N" };
        var command = new Command("opt", "Runs passes on a graph in text form and prints the result.") { file, passes, output, dump, stop };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(file)!;
            var diagnostics = new DiagnosticBag();
            ImmutableArray<Pass>? list = PassList.Parse(parsed.GetValue(passes)!, PassTable.All, diagnostics);
            diagnostics.ThrowIfErrors();
            Graph graph = GraphFiles.Load(path);
            var options = new PipelineOptions(parsed.GetValue(dump), parsed.GetValue(stop), Console.Error.WriteLine);
            Graph result = Pipeline.Create(graph.Level, [.. list!]).Run(graph, new PassContext(path, diagnostics), options);
            Screen.Print(diagnostics.Items);
            if (parsed.GetValue(output) is { } folder)
            {
                Directory.CreateDirectory(folder);
                Console.WriteLine(GraphFiles.Save(result, folder, Path.GetFileNameWithoutExtension(path)));
            }
            else
            {
                Console.Write(GraphPrinter.Print(result));
            }

            return 0;
        });
        return command;
    }
}
