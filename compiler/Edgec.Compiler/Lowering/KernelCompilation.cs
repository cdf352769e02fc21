using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Edgec.Lowering;

/// <summary>Compiles kernel sources alone, with overflow checks on: only <c>unchecked(...)</c> wraps.</summary>
public static class KernelCompilation
{
    private const string ImplicitUsings = "global using System;";

    /// <summary>Documentation is lowered too: where it is not well-formed it stops the build.</summary>
    private const string MalformedDocumentation = "CS1570";

    public static CSharpCompilation Create(IEnumerable<KernelFile> files)
    {
        CSharpParseOptions parse = new(LanguageVersion.CSharp14, DocumentationMode.Diagnose);
        IEnumerable<SyntaxTree> trees = files
            .Append(new KernelFile("ImplicitUsings.g.cs", ImplicitUsings))
            .Select(file => CSharpSyntaxTree.ParseText(file.Text, parse, file.Path));
        CSharpCompilationOptions options = new(
            OutputKind.DynamicallyLinkedLibrary,
            optimizationLevel: OptimizationLevel.Release,
            checkOverflow: true,
            specificDiagnosticOptions: [new(MalformedDocumentation, ReportDiagnostic.Error)],
            nullableContextOptions: NullableContextOptions.Enable);
        MetadataReference runtime = MetadataReference.CreateFromFile(typeof(object).Assembly.Location);
        return CSharpCompilation.Create("Edgec.Kernels", trees, [runtime], options);
    }
}
