using System.Diagnostics;

namespace Edgec.Tests.CommandLine;

/// <summary>Runs edgec as a user would, in a process of its own.</summary>
internal static class Tool
{
    public static (int Exit, string Output, string Errors) Run(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "edgec.dll"), .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NO_COLOR"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(TimeSpan.FromMinutes(3)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"edgec {string.Join(' ', arguments)} hangs");
        }

        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }
}
