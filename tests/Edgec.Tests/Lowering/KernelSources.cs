using Edgec.Lowering;

namespace Edgec.Tests.Lowering;

/// <summary>The two sets of kernel sources: the arithmetic itself, and a case that uses whatever the subset allows.</summary>
internal sealed record KernelSources(string Name, IReadOnlyList<KernelFile> Files)
{
    public static KernelSources Arithmetic { get; } = new("Arithmetic", InFolder("runtime/Edgec.Runtime/Arithmetic"));

    public static KernelSources Constructs { get; } = new("Constructs", InFolder("tests/cases/lowering"));

    public static KernelSources Named(string name) => name == Arithmetic.Name ? Arithmetic : Constructs;

    /// <summary>Where the lowered header is committed.</summary>
    public string HeaderPath(Dialect dialect) =>
        this == Arithmetic ? dialect.OutputPath : $"tests/cases/lowering/constructs{Path.GetExtension(dialect.OutputPath)}";

    private static KernelFile[] InFolder(string folder) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(SourceTree.Root, folder), "*.cs")
            .Order(StringComparer.Ordinal)
            .Select(path => new KernelFile($"{folder}/{Path.GetFileName(path)}", File.ReadAllText(path))),
    ];
}
