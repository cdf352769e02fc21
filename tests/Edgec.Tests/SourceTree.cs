using System.Runtime.CompilerServices;

namespace Edgec.Tests;

/// <summary>Where the sources of this project lie on the machine that built the tests.</summary>
internal static class SourceTree
{
    /// <summary>The repository's top folder.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
