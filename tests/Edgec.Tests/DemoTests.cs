using System.Diagnostics;
using Xunit;

namespace Edgec.Tests;

/// <summary>What the demo shows is held by <see cref="ReadmeTests"/>; here, what it says where it cannot run.</summary>
public sealed class DemoTests
{
    [Fact]
    public void Says_that_its_network_is_missing()
    {
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "edgec.dll"), "demo", "-o", folder.At("out")]) { RedirectStandardError = true };
        start.Environment["EDGEC_HOME"] = folder.Path;
        using Process process = Process.Start(start)!;
        Assert.Contains("error EC7005: ", process.StandardError.ReadToEnd());
        process.WaitForExit();
        Assert.Equal(3, process.ExitCode);
        Assert.False(Directory.Exists(folder.At("out")));
    }
}
