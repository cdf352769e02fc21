namespace Edgec.Tests;

/// <summary>Golden text files under <c>tests/cases</c>. With <c>EDGEC_UPDATE=1</c> a test rewrites its file instead of comparing.</summary>
internal static class CaseFiles
{
    public static string Root { get; } = Path.Combine(SourceTree.Root, "tests", "cases");

    public static bool Update { get; } = Environment.GetEnvironmentVariable("EDGEC_UPDATE") == "1";

    /// <summary>Files below a folder, relative to it, sorted.</summary>
    public static IEnumerable<string> In(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Path.Combine(Root, folder), path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);
}
