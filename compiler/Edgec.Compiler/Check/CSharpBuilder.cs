using System.Collections.Immutable;
using System.Runtime.Loader;
using Edgec.Diagnostics;
using Edgec.Emit.CSharp;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace Edgec.Check;

/// <summary>Builds bundles in C# in this process, as <c>dotnet build</c> would: no SDK is needed, and the bundle stays as it is.</summary>
public static class CSharpBuilder
{
    private const int FirstLines = 12;

    private const string Weights = "weights.bin";

    /// <summary>What the SDK adds where a project has ImplicitUsings.</summary>
    private static readonly string ImplicitUsings = string.Concat(
        ((string[])["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"])
            .Select(name => $"global using global::{name};\n"));

    /// <summary>Compiles a bundle into memory and loads it.</summary>
    /// <param name="bundle">The folder of the bundle.</param>
    /// <exception cref="DiagnosticException">The bundle does not compile without a warning (EC8002), cannot be read (EC8006), or
    /// there is nothing to compile it against (EC8007).</exception>
    public static IBundleProgram Build(string bundle)
    {
        (IReadOnlyList<SyntaxTree> trees, byte[]? weights) = Read(bundle);
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Model", trees, Framework(bundle),
            new(OutputKind.ConsoleApplication, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable, deterministic: true));
        using var assembly = new MemoryStream();
        ResourceDescription[] resources = weights is null ? [] : [new(Weights, () => new MemoryStream(weights), isPublic: true)];
        EmitResult result = compilation.Emit(assembly, manifestResources: resources);
        string[] complaints = [.. result.Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning).Select(d => d.ToString()).Take(FirstLines)];
        if (complaints.Length > 0)
            throw new DiagnosticException(BuildDiagnostics.CompilerFailed(bundle, "the C# compiler", string.Join('\n', complaints)));
        assembly.Position = 0;
        var context = new AssemblyLoadContext("bundle", isCollectible: true);
        return new CSharpProgram(bundle, context, Trace(context.LoadFromStream(assembly), bundle));
    }

    private static (IReadOnlyList<SyntaxTree> Trees, byte[]? Weights) Read(string bundle)
    {
        var parse = new CSharpParseOptions(LanguageVersion.CSharp14);
        try
        {
            string[] built = ["bin", "obj"];
            IEnumerable<string> files = Directory.EnumerateFiles(bundle, "*.cs", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(bundle, file))
                .Where(file => !built.Contains(file.Split(Path.DirectorySeparatorChar)[0]))
                .Order(StringComparer.Ordinal);
            SyntaxTree[] trees =
            [
                CSharpSyntaxTree.ParseText(ImplicitUsings, parse, "ImplicitUsings.g.cs"),
                .. files.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(bundle, file)), parse, file)),
            ];
            string weights = Path.Combine(bundle, Weights);
            return (trees, File.Exists(weights) ? File.ReadAllBytes(weights) : null);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new DiagnosticException(BuildDiagnostics.Unreadable(bundle, problem.Message));
        }
    }

    // The framework this process runs on, without the application's own assemblies: they hold the runtime's types too.
    private static ImmutableArray<MetadataReference> Framework(string bundle) => Framework(
        bundle, Path.GetDirectoryName(typeof(object).Assembly.Location), AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "");

    /// <param name="folder">Where the framework lies; null or empty where it is part of one file with the program.</param>
    /// <param name="trusted">Paths of all assemblies this process may load.</param>
    /// <exception cref="DiagnosticException">None of them is the framework's (EC8007).</exception>
    internal static ImmutableArray<MetadataReference> Framework(string bundle, string? folder, string trusted)
    {
        ImmutableArray<MetadataReference> references =
        [
            .. trusted.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Where(path => !string.IsNullOrEmpty(folder) && Path.GetDirectoryName(path) == folder)
                .Select(path => MetadataReference.CreateFromFile(path)),
        ];
        return references.IsEmpty ? throw new DiagnosticException(BuildDiagnostics.NoFramework(bundle)) : references;
    }

    // Check.Trace takes a task as well where the bundle does.
    private static Func<byte[], int?, byte[]> Trace(System.Reflection.Assembly assembly, string bundle)
    {
        Type? check = assembly.GetType($"{CSharpBackend.Namespace}.Check");
        Func<byte[], byte[]> all = check?.GetMethod("Trace", [typeof(byte[])])?.CreateDelegate<Func<byte[], byte[]>>() ?? throw Without("byte[]");
        Func<byte[], int, byte[]>? one = check.GetMethod("Trace", [typeof(byte[]), typeof(int)])?.CreateDelegate<Func<byte[], int, byte[]>>();
        return (inputs, task) => task is { } asked ? (one ?? throw Without("byte[], int"))(inputs, asked) : all(inputs);

        DiagnosticException Without(string parameters) =>
            new(BuildDiagnostics.CompilerFailed(bundle, "the C# compiler", $"There is no Check.Trace({parameters})."));
    }
}
