using Edgec.Diagnostics;

namespace Edgec.Cli;

/// <summary>A file that a command was asked to write.</summary>
internal static class OutputFile
{
    /// <exception cref="DiagnosticException">It cannot be written (EC5004, exit code 3).</exception>
    public static void Write(string path, string text) => Write(path, target => File.WriteAllText(target, text));

    /// <summary>The file appears when it is whole.</summary>
    /// <exception cref="DiagnosticException">It cannot be written (EC5004, exit code 3).</exception>
    public static void WriteWhole(string path, Action<Stream> write) => Write(path, target =>
    {
        string draft = $"{Path.GetFullPath(target)}.{Environment.ProcessId}.part";
        try
        {
            using (FileStream stream = File.Create(draft))
                write(stream);
            File.Move(draft, target, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }
    });

    private static void Write(string path, Action<string> write)
    {
        try
        {
            write(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new DiagnosticException(EmitDiagnostics.CannotWriteFile(path, problem.Message));
        }
    }
}
