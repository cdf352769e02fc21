using System.ComponentModel;
using System.Diagnostics;

namespace Edgec.Tests.Emit.Report;

/// <summary>Chromium without a window.</summary>
internal static class Browser
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>The page as the browser understood it.</summary>
    /// <param name="profile">A folder that it may fill.</param>
    public static string Dump(string file, string profile)
    {
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", $"--user-data-dir={profile}", "--dump-dom", new Uri(file).AbsoluteUri,
        ];
        using Process process = Start(arguments);
        Task<string> page = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"chromium did not end within {Limit}");
        }

        return process.ExitCode == 0 ? page.Result : throw new InvalidOperationException($"chromium failed: {errors.Result}");
    }

    private static Process Start(string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("chromium", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (Win32Exception)
        {
            throw new InvalidOperationException("This test needs chromium on the PATH; on Debian: apt-get install chromium.");
        }
    }
}
