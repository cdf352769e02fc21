using System.Text.RegularExpressions;
using Xunit;

namespace Edgec.Tests.House;

/// <summary>The arrows of docs: data flows one way, and so does knowledge. Read from the sources' own <c>using</c> lines.</summary>
public sealed partial class LayerTests
{
    /// <summary>Namespaces of the compiler, each of which may know only those before it.</summary>
    private static readonly string[] Layers =
    [
        "Runtime", "Diagnostics", "Lowering", "Ir", "Kernels", "Ops", "Ir.Text", "Import", "Passes", "Quantize", "Export", "Targets", "Plan",
        "Emit", "Bundle", "Check", "Data", "Report", "Compile", "Evaluate", "Verify", "Cli",
    ];

    /// <summary>A backend takes no decision, so it sees plans and kernels, never operators or what made them.</summary>
    private static readonly string[] HiddenFromEmit = ["Ops", "Ir.Text", "Import", "Passes", "Quantize"];

    public static TheoryData<string> Files =>
        [.. SourceFiles.In("compiler", "*.cs").Concat(SourceFiles.In("runtime", "*.cs"))];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_knows_only_the_layers_before_its_own(string file)
    {
        string text = SourceFiles.Read(file);
        string own = Layer(NamespaceOf().Match(text).Groups[1].Value);
        foreach (string used in UsingOf().Matches(text).Select(match => Layer(match.Groups[1].Value)))
        {
            Assert.True(Array.IndexOf(Layers, used) <= Array.IndexOf(Layers, own), $"{file}: {own} uses {used}, which comes after it");
            Assert.False(own == "Emit" && HiddenFromEmit.Contains(used), $"{file}: a backend uses {used}");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_namespace_is_its_folder(string file)
    {
        string own = NamespaceOf().Match(SourceFiles.Read(file)).Groups[1].Value;
        string project = Path.GetDirectoryName(file)!.Replace('\\', '/').Split('/')[1];
        string folder = Path.GetDirectoryName(file)!.Replace('\\', '/')[(file.IndexOf('/') + 1 + project.Length)..].Trim('/').Replace('/', '.');
        string root = project switch { "Edgec.Runtime" => "Runtime", "Edgec.Cli" => "Cli", _ => "" };
        string expected = string.Join('.', new[] { root, folder }.Where(part => part.Length > 0));
        Assert.True(own == expected || file.EndsWith(".g.cs", StringComparison.Ordinal) || file.EndsWith("Program.cs", StringComparison.Ordinal), $"{file} is in Edgec.{own}, not Edgec.{expected}");
    }

    private static string Layer(string name)
    {
        if (name.StartsWith("Ir.Text", StringComparison.Ordinal))
            return "Ir.Text";
        if (name.StartsWith("Emit.Report", StringComparison.Ordinal))
            return "Report"; // a page about a whole bundle, not a backend
        string top = name.Split('.')[0];
        return Layers.Contains(top) ? top : top.Length == 0 ? "Cli" : throw new InvalidOperationException($"no layer is called {top}; list it where it belongs");
    }

    [GeneratedRegex(@"^namespace Edgec\.?([\w.]*)", RegexOptions.Multiline)]
    private static partial Regex NamespaceOf();

    [GeneratedRegex(@"^using (?:static )?Edgec\.([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsingOf();
}
