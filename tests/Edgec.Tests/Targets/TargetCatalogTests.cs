using Edgec.Diagnostics;
using Edgec.Targets;
using Xunit;

namespace Edgec.Tests.Targets;

public sealed class TargetCatalogTests
{
    private const string All =
        "apple-a14, cortex-a53, cortex-a55, cortex-a72, cortex-a76, csharp, host, kv260, pynq-z2, ultra96, x86-64-v3, zcu102";

    [Theory]
    [InlineData("ultra69", " Did you mean 'ultra96'?")]
    [InlineData("ZCU102", " Did you mean 'zcu102'?")]
    [InlineData("pynq", " Did you mean 'pynq-z2'?")]
    [InlineData("cortex-a5", " Did you mean 'cortex-a53' or 'cortex-a55' or 'cortex-a72'?")]
    [InlineData("", "")]
    [InlineData("stratix10", "")]
    public void An_unknown_name(string name, string hint)
    {
        DiagnosticException fault = Assert.Throws<DiagnosticException>(() => TargetCatalog.Load(name));
        Assert.Equal(2, fault.ExitCode);
        Assert.Equal($"error EC9001: there is no target '{name}'.{hint} Name one of {All}, or a file that ends in .target.", fault.Message);
    }

    [Fact]
    public void An_unknown_name_is_quoted_safely_and_shortly()
    {
        DiagnosticException fault = Assert.Throws<DiagnosticException>(() => TargetCatalog.Load("\e[2J" + new string('x', 1_000_000)));
        Assert.StartsWith("error EC9001: there is no target '?[2Jxxx", fault.Message);
        Assert.InRange(fault.Message.Length, 100, 400);
    }

    [Theory]
    [InlineData("absent.target", "there is no such file")]
    [InlineData("no/such/folder/board.txt", "there is no such file")]
    [InlineData("./", "it cannot be read")]
    [InlineData("a\0/b.target", "it cannot be read")]
    public void A_file_that_cannot_be_read(string path, string reason)
    {
        DiagnosticException fault = Assert.Throws<DiagnosticException>(() => TargetCatalog.Load(path));
        Assert.Equal(1, fault.ExitCode);
        Assert.Equal($"{path.Replace('\0', '?')}: error EC9004: {reason}. Give a target file or one of {All}.", fault.Message);
    }

    [Fact]
    public void A_file_of_ones_own_is_read_whatever_it_is_called()
    {
        string path = Path.GetTempFileName();
        try
        {
            const string Mine = "dotnet mine {\n  description mine\n  framework net10.0\n  memory 2 GB/s peak, 1 GB/s sustained\n}\n";
            File.WriteAllText(path, Mine);
            Assert.Equal(new DotNetTarget("mine", "mine", new(2e9, 1e9), "net10.0") { Source = Mine }, TargetCatalog.Load(path));

            File.WriteAllText(path, "dotnet mine {\n  framework 10\n}\n");
            DiagnosticException fault = Assert.Throws<DiagnosticException>(() => TargetCatalog.Load(path));
            Assert.Contains($"{path}(2,13): error EC9002: expected a framework such as net10.0, found '10'.", fault.Message);

            File.WriteAllBytes(path, new byte[10_000_000]);
            fault = Assert.Throws<DiagnosticException>(() => TargetCatalog.Load(path));
            Assert.Equal($"{path}: error EC9004: the file is longer than the 64 KiB a target may have.", fault.Message);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
