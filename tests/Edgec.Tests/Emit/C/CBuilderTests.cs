using Edgec.Check;
using Edgec.Diagnostics;
using Edgec.Emit.C;
using Xunit;

namespace Edgec.Tests.Emit.C;

/// <summary>What building says when the machine or the bundle is not as it should be.</summary>
public sealed class CBuilderTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly CBundle bundle = new(TinyModel.Plan());

    public void Dispose() => bundle.Dispose();

    [Fact]
    public void A_missing_compiler_is_named_with_what_to_install()
    {
        Diagnostic diagnostic = Fault(() => CBuilder.Build(bundle.Directory, new("riscv128-gcc", [], null), Limit));
        Assert.Equal(("EC8001", 3), (diagnostic.Code, diagnostic.ExitCode));
        Assert.Contains("riscv128-gcc", diagnostic.Message, StringComparison.Ordinal);
        Assert.Equal("gcc-aarch64-linux-gnu libc6-dev-arm64-cross", DebianPackages.Of("aarch64-linux-gnu-gcc"));
        Assert.Equal("qemu-user", DebianPackages.Of("/usr/bin/qemu-aarch64"));
    }

    [Fact]
    public void A_missing_emulator_is_named()
    {
        using NativeProgram program = CBuilder.Build(bundle.Directory, new("gcc", ["-O0"], "qemu-riscv128"), Limit);
        Diagnostic diagnostic = Fault(() => program.Trace([]));
        Assert.Equal(("EC8001", 3), (diagnostic.Code, diagnostic.ExitCode));
        Assert.Contains("'qemu-riscv128' is needed to run the bundle", diagnostic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_compilers_own_words_are_passed_on()
    {
        File.AppendAllText(Path.Combine(bundle.Directory, "model.c"), "\nint broken = ;\n");
        Diagnostic diagnostic = Fault(() => CBuilder.Build(bundle.Directory, new("gcc", [.. CBackend.Flags], null), Limit));
        Assert.Equal(("EC8002", 1), (diagnostic.Code, diagnostic.ExitCode));
        Assert.Contains("expected expression", diagnostic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_fails_says_why()
    {
        using NativeProgram program = CBuilder.Build(bundle.Directory, new("gcc", ["-O0"], null), Limit);
        Assert.Empty(program.Trace([]));
        Diagnostic diagnostic = Fault(() => program.Trace(new byte[10]));
        Assert.Equal("EC8003", diagnostic.Code);
        Assert.Contains("ends within a sample", diagnostic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_hangs_is_stopped()
    {
        string check = Path.Combine(bundle.Directory, "check.c");
        File.WriteAllText(check, "int main(void) { for (;;) { } }\nvoid edgec_trace(int step, const void *data, unsigned long bytes) { (void)step; (void)data; (void)bytes; }\n");
        using NativeProgram program = CBuilder.Build(bundle.Directory, new("gcc", ["-O0"], null), TimeSpan.FromSeconds(1));
        Assert.Equal("EC8004", Fault(() => program.Trace([])).Code);
    }

    [Theory]
    [InlineData("gcc")]
    [InlineData("aarch64-linux-gnu-gcc")]
    public void The_objects_size_is_measured(string compiler)
    {
        ObjectSize size = CBuilder.Measure(bundle.Directory, new(compiler, [.. CBackend.Flags], null));
        Assert.InRange(size.Code, 500, 50_000);
        Assert.InRange(size.Constants, 0, 10_000);
        Assert.Equal(TinyModel.Plan().Weights.Bytes.Length, size.Weights);
    }

    private static Diagnostic Fault(Action action) => Assert.Single(Assert.Throws<DiagnosticException>(action).Diagnostics);
}
