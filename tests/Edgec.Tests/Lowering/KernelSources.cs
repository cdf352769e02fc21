using Edgec.Lowering;

namespace Edgec.Tests.Lowering;

/// <summary>The arithmetic's sources as they stand in the repository.</summary>
internal static class KernelSources
{
    private const string Folder = "runtime/Edgec.Runtime/Arithmetic";

    public static IReadOnlyList<KernelFile> All { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(SourceTree.Root, Folder), "*.cs")
            .Order(StringComparer.Ordinal)
            .Select(path => new KernelFile($"{Folder}/{Path.GetFileName(path)}", File.ReadAllText(path))),
    ];
}
