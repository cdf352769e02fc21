namespace Edgec.Import;

/// <summary>Keeps paths that a model names inside the model's own folder.</summary>
internal static class ContainedPath
{
    /// <summary>More links than any real path has: Linux stops there too.</summary>
    private const int MaxLinks = 40;

    /// <summary>The absolute path, without links, of <paramref name="location"/> relative to the model.</summary>
    /// <param name="folder">Absolute; where the model's path leads.</param>
    /// <param name="model">The model's path. Where it is a link, as in download caches, its target's folder will do too.</param>
    /// <returns>Null if the location is absolute, climbs with <c>..</c> or leaves over a symbolic link.</returns>
    public static string? Resolve(string folder, string model, string location)
    {
        string[] parts = location.Split('/', '\\');
        if (location.Length == 0 || parts[0].Length == 0 || parts[0] is [_, ':', ..] || location.Contains('\0') || parts.Contains(".."))
            return null;
        if (Follow(Path.Combine([folder, .. parts])) is not { } target)
            return null;
        return IsInside(Follow(folder), target) || IsInside(Path.GetDirectoryName(Follow(model)), target) ? target : null;
    }

    private static bool IsInside(string? folder, string path)
    {
        if (folder is null)
            return false;
        string relative = Path.GetRelativePath(folder, path);
        return !Path.IsPathRooted(relative) && relative.Split(Path.DirectorySeparatorChar)[0] != "..";
    }

    /// <summary>The path with every symbolic link on the way replaced by its target; null if they go in a circle.</summary>
    private static string? Follow(string path)
    {
        string full = Path.GetFullPath(path);
        string at = Path.GetPathRoot(full)!;
        var ahead = new Stack<string>();
        Push(full[at.Length..]);
        for (int links = 0; ahead.TryPop(out string? part);)
        {
            if (part == "..")
            {
                at = Path.GetDirectoryName(at) ?? at;
            }
            else if (new FileInfo(Path.Combine(at, part)).LinkTarget is { } target)
            {
                if (++links > MaxLinks)
                    return null;
                if (Path.IsPathRooted(target))
                    at = Path.GetPathRoot(target)!;
                Push(target[(Path.GetPathRoot(target)?.Length ?? 0)..]);
            }
            else
            {
                at = Path.Combine(at, part);
            }
        }

        return at;

        void Push(string relative)
        {
            string[] parts = relative.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
            foreach (string part in parts.Reverse().Where(part => part != "."))
                ahead.Push(part);
        }
    }
}
