using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Ops;
using Edgec.Passes;
using Edgec.Runtime;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Edgec.Tests;

/// <summary>The sources that the guides show compile and do what the guides say.</summary>
public sealed class GuideTests
{
    private const string Usings = "global using System; global using System.Collections.Generic; global using System.Linq;";

    [Fact]
    public void The_operator_of_the_guide_squares()
    {
        Assembly assembly = Compile("adding-an-operator.md");
        var def = (OpDef)assembly.GetType("Edgec.Ops.Square")!.GetField("Def")!.GetValue(null)!;
        Operator square = def.Read(new(new Dictionary<string, AttributeValue>(), AttributeReader.Newest));
        Tensor x = Tensor.Of([3], [1f, -2f, 3f]);
        Assert.Equal([1f, 4f, 9f], square.Evaluate(new([x], 1))[0].Span<float>().ToArray());
    }

    [Fact]
    public void The_pass_of_the_guide_drops_a_relu()
    {
        Assembly assembly = Compile("adding-a-pass.md");
        var def = (PassDef)assembly.GetType("Edgec.Passes.EliminateRelus")!.GetField("Def")!.GetValue(null)!;
        Pass pass = def.Read(new(new Dictionary<string, AttributeValue>(), AttributeReader.Newest));
        Match example = Regex.Match(Guide("adding-a-pass.md"), "^( +)(graph @t .*?)^ +=>", RegexOptions.Multiline | RegexOptions.Singleline);
        var diagnostics = new DiagnosticBag();
        Graph? graph = GraphParser.Parse(example.Groups[2].Value.Replace("\n" + example.Groups[1].Value, "\n"), "guide", diagnostics);
        diagnostics.ThrowIfErrors();
        Graph result = Pipeline.Create(graph!.Level, pass).Run(graph, new("guide", diagnostics));
        Assert.Equal(2, graph.Nodes.Length);
        Assert.Equal(("b", "x"), (Assert.Single(result.Nodes).Output, result.Nodes[0].Inputs[0]));
        Assert.Same(result, pass.Run(result, new("guide", diagnostics)));
    }

    private static string Guide(string name) => File.ReadAllText(Path.Combine(SourceTree.Root, "docs", name));

    // Under the name of the tests, so that it sees what an operator in its folder sees.
    private static Assembly Compile(string guide)
    {
        string source = Regex.Match(Guide(guide), "^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value;
        string[] references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Edgec.Tests",
            [CSharpSyntaxTree.ParseText(source), CSharpSyntaxTree.ParseText(Usings)],
            references.Where(path => Path.GetFileName(path) != "Edgec.Tests.dll").Select(path => MetadataReference.CreateFromFile(path)),
            new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        Assert.Empty(compilation.Emit(image).Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning && d.Id != "CS1701"));
        image.Position = 0;
        return new AssemblyLoadContext(guide).LoadFromStream(image);
    }
}
