using Edgec.Diagnostics;

namespace Edgec.Cli;

/// <summary>A file that a command was asked to write.</summary>
internal static class OutputFile
{
    /// <exception cref="DiagnosticException">It cannot be written (EC5004, exit code 3).</exception>
    public static void Write(string path, string text)
    {
        try
        {
            File.WriteAllText(path, text);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new DiagnosticException(EmitDiagnostics.CannotWriteFile(path, problem.Message));
        }
    }
}
