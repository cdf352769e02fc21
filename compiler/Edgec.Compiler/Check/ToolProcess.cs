using System.ComponentModel;
using System.Diagnostics;
using Edgec.Diagnostics;

namespace Edgec.Check;

/// <summary>What a program of the machine said and how it ended.</summary>
/// <param name="ExitCode">Null if it was stopped because its time was over.</param>
public sealed record ToolResult(int? ExitCode, string Output, string Errors)
{
    /// <summary>The first lines of what it printed, errors before output.</summary>
    public string FirstLines(int count) =>
        string.Join('\n', $"{Errors}\n{Output}".Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(count));
}

/// <summary>Runs programs of the machine: compilers, emulators, built bundles.</summary>
public static class ToolProcess
{
    /// <summary>Runs a program to its end, without a shell and without input.</summary>
    /// <param name="purpose">What it is needed for, after "needed to": said if it is not installed.</param>
    /// <param name="folder">Where it runs.</param>
    /// <exception cref="DiagnosticException">It is not installed (EC8001).</exception>
    public static ToolResult Run(string program, IEnumerable<string> arguments, string purpose, string folder, TimeSpan limit)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        // Diagnostics are quoted and compared: the same words on every machine.
        start.Environment["LC_ALL"] = "C.UTF-8";
        using Process process = Start(start, program, purpose);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            return new(null, "", "");
        }

        return new(process.ExitCode, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult());
    }

    private static Process Start(ProcessStartInfo start, string program, string purpose)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new DiagnosticException(BuildDiagnostics.MissingTool(program, purpose, DebianPackages.Of(program)));
        }
    }
}
