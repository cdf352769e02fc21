using Edgec.Diagnostics;

namespace Edgec.Ir.Text;

/// <summary>Graphs on disk: <c>name.ir</c> with its constants in <c>name.weights</c> beside it.</summary>
public static class GraphFiles
{
    /// <summary>Writes both files into an existing folder and returns the path of the graph.</summary>
    public static string Save(Graph graph, string folder, string name)
    {
        using var weights = new WeightWriter(Path.Combine(folder, name + ".weights"));
        string path = Path.Combine(folder, name + ".ir");
        File.WriteAllText(path, GraphPrinter.Print(graph, weights));
        return path;
    }

    /// <summary>The contents of both files: the text of <c>name.ir</c> and the bytes of <c>name.weights</c>.</summary>
    public static (string Text, byte[] Weights) Render(Graph graph, string name)
    {
        using var stream = new MemoryStream();
        using var weights = new WeightWriter(stream, name + ".weights");
        return (GraphPrinter.Print(graph, weights), stream.ToArray());
    }

    /// <summary>Reads a graph and the side file it names.</summary>
    /// <exception cref="DiagnosticException">There is none at that path, or its text is wrong.</exception>
    public static Graph Load(string path)
    {
        var diagnostics = new DiagnosticBag();
        string text = "";
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            diagnostics.Add(Diagnostic.Error("EC2107", path, $"The graph cannot be read: {e.Message}"));
        }

        diagnostics.ThrowIfErrors();
        Graph? graph = GraphParser.Parse(text, path, diagnostics, Path.GetDirectoryName(Path.GetFullPath(path)));
        diagnostics.ThrowIfErrors();
        return graph!;
    }
}
