using System.Text;
using Edgec.Diagnostics;

namespace Edgec.Targets;

/// <summary>The targets that come with the compiler, and the way to a user's own.</summary>
public static class TargetCatalog
{
    private const string Folder = "targets/";
    private const string Extension = ".target";
    private const int LongestQuote = 80;

    /// <summary>The built-in targets in ordinal order: the files of the repository's <c>targets</c> folder.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(TargetCatalog).Assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(Folder, StringComparison.Ordinal))
            .Select(resource => resource[Folder.Length..^Extension.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <param name="nameOrFile">A built-in name, which wins, or the path of a target file.</param>
    /// <exception cref="DiagnosticException">EC9001 (exit code 2): neither a name nor a file. EC9002, EC9003: what is
    /// wrong in the file. EC9004: it cannot be read or is too long.</exception>
    public static Target Load(string nameOrFile)
    {
        if (Names.Contains(nameOrFile))
            return LoadBuiltIn(nameOrFile);
        if (File.Exists(nameOrFile) || LooksLikeFile(nameOrFile))
            return TargetFile.Parse(ReadFile(nameOrFile), nameOrFile);
        throw new DiagnosticException(Diagnostic.Error(
            "EC9001",
            "",
            $"there is no target '{Quote(nameOrFile)}'.{Nearest.Hint(nameOrFile, Names)} "
                + $"Name one of {string.Join(", ", Names)}, or a file that ends in {Extension}.",
            exitCode: 2));
    }

    private static Target LoadBuiltIn(string name)
    {
        using Stream stream = typeof(TargetCatalog).Assembly.GetManifestResourceStream(Folder + name + Extension)!;
        using var reader = new StreamReader(stream);
        return TargetFile.Parse(reader.ReadToEnd(), name + Extension);
    }

    private static bool LooksLikeFile(string text) =>
        text.EndsWith(Extension, StringComparison.Ordinal) || text.AsSpan().ContainsAny('/', '\\');

    /// <summary>Reads one character more than is allowed, so that a huge file is refused and not loaded.</summary>
    private static string ReadFile(string path)
    {
        try
        {
            using var reader = new StreamReader(path, Encoding.UTF8);
            char[] buffer = new char[TargetFile.LongestText + 1];
            return new string(buffer, 0, reader.ReadBlock(buffer));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            string reason = fault is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : "it cannot be read";
            string message = $"{reason}. Give a target file or one of {string.Join(", ", Names)}.";
            throw new DiagnosticException(Diagnostic.Error("EC9004", Quote(path), message));
        }
    }

    private static string Quote(string text) =>
        string.Concat(text.Take(LongestQuote).Select(c => char.IsControl(c) ? '?' : c));
}
