using System.Security.Cryptography;
using Edgec.Diagnostics;
using Edgec.Emit;

namespace Edgec.Bundle;

/// <summary>Puts a bundle on disk in one move: it is written beside its place and renamed when whole, so nobody ever sees half of it.</summary>
public static class BundleWriter
{
    /// <summary>SHA-256 of every file, for the manifest.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Hashes(IEnumerable<EmittedFile> files) =>
        files.Select(file => KeyValuePair.Create(file.Path, Convert.ToHexStringLower(SHA256.HashData(file.Bytes.Span))));

    /// <summary>Writes the files into <paramref name="folder"/>, in the place of an older bundle there.</summary>
    /// <exception cref="DiagnosticException">The folder holds something that is no bundle, or cannot be written.</exception>
    public static void Write(string folder, IEnumerable<EmittedFile> files)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        string draft = $"{target}.{Environment.ProcessId}.part";
        try
        {
            if (File.Exists(target) || (Directory.Exists(target) && !IsReplaceable(target)))
                throw new DiagnosticException(EmitDiagnostics.FolderInUse(folder));
            Directory.CreateDirectory(draft);
            foreach (EmittedFile file in files)
            {
                string path = Path.Combine(draft, file.Path);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                using FileStream stream = File.Create(path);
                stream.Write(file.Bytes.Span);
            }

            if (Directory.Exists(target))
                Directory.Delete(target, recursive: true);
            Directory.Move(draft, target);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new DiagnosticException(EmitDiagnostics.CannotWrite(folder, problem.Message));
        }
        finally
        {
            if (Directory.Exists(draft))
                Directory.Delete(draft, recursive: true);
        }
    }

    private static bool IsReplaceable(string folder) =>
        !Directory.EnumerateFileSystemEntries(folder).Any() || File.Exists(Path.Combine(folder, Manifest.FileName));
}
