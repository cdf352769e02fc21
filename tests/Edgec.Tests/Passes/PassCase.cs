using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Passes;

namespace Edgec.Tests.Passes;

/// <summary>
/// A file <c>tests/cases/passes/NAME/what.ir</c>: remarks, a graph, <c>=></c>, and what the pass NAME makes of it: a graph,
/// <c>(unchanged)</c>, or the diagnostics it reports. A remark <c>; options: {limit=4}</c> gives the pass options.
/// </summary>
internal sealed record PassCase(string Path, string PassName, string Input, string Expected)
{
    private const string Arrow = "\n=>\n";
    private const string Options = "; options: ";

    public static PassCase Load(string relative)
    {
        string path = System.IO.Path.Combine(CaseFiles.Root, "passes", relative);
        string[] parts = File.ReadAllText(path).Split(Arrow, 2);
        return new(path, relative.Split('/')[0], parts[0] + "\n", parts.Length == 2 ? parts[1] : "");
    }

    public Graph Parse()
    {
        var diagnostics = new DiagnosticBag();
        Graph? graph = GraphParser.Parse(Input, System.IO.Path.GetFileName(Path), diagnostics);
        diagnostics.ThrowIfErrors();
        return graph!;
    }

    public Pass Pass()
    {
        string options = Input.Split('\n').FirstOrDefault(line => line.StartsWith(Options, StringComparison.Ordinal))?[Options.Length..] ?? "";
        var diagnostics = new DiagnosticBag();
        var passes = PassList.Parse(PassName + options, PassTable.All, diagnostics);
        diagnostics.ThrowIfErrors();
        return passes!.Value.Single();
    }

    /// <summary>What the pass makes of the input now, in the form of the file.</summary>
    public string Run()
    {
        Graph graph = Parse();
        var context = new PassContext("m.onnx", new DiagnosticBag());
        Graph result;
        try
        {
            result = Pipeline.Create(graph.Level, Pass()).Run(graph, context);
        }
        catch (DiagnosticException e)
        {
            return string.Join("", e.Diagnostics.Select(item => $"{item}\n"));
        }

        return ReferenceEquals(graph, result) ? "(unchanged)\n" : GraphPrinter.Print(result);
    }

    public void Rewrite(string actual) => File.WriteAllText(Path, Input[..^1] + Arrow + actual);
}
