using Edgec.Check;
using Edgec.Diagnostics;
using Xunit;

namespace Edgec.Tests.Emit.CSharp;

/// <summary>What building says when the bundle is not as it should be.</summary>
public sealed class CSharpBuilderTests : IDisposable
{
    private readonly CSharpBundle bundle = new(TinyModel.Plan());

    public void Dispose() => bundle.Dispose();

    [Theory]
    [InlineData("int broken = ;", "CS1525")]
    [InlineData("#warning not as it was", "not as it was")]
    public void The_compilers_own_words_are_passed_on(string line, string words)
    {
        File.AppendAllText(Path.Combine(bundle.Directory, "Model.cs"), $"\n{line}\n");
        Diagnostic diagnostic = Fault(() => CSharpBuilder.Build(bundle.Directory));
        Assert.Equal(("EC8002", 1), (diagnostic.Code, diagnostic.ExitCode));
        Assert.Contains(words, diagnostic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named() =>
        Assert.Equal("EC8006", Fault(() => CSharpBuilder.Build(Path.Combine(bundle.Directory, "elsewhere"))).Code);

    [Theory]
    [InlineData(null)]
    [InlineData("/nowhere")]
    public void A_framework_that_is_part_of_the_program_cannot_be_compiled_against(string? folder)
    {
        Diagnostic diagnostic = Fault(() => CSharpBuilder.Framework("b", folder, (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!));
        Assert.Equal(("EC8007", 3), (diagnostic.Code, diagnostic.ExitCode));
    }

    [Fact]
    public void A_model_that_fails_says_why()
    {
        using IBundleProgram program = CSharpBuilder.Build(bundle.Directory);
        Assert.Empty(program.Trace([]));
        Diagnostic diagnostic = Fault(() => program.Trace(new byte[10]));
        Assert.Equal("EC8008", diagnostic.Code);
        Assert.Contains("end within a sample", diagnostic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_missing_or_cut_off_are_a_fault_of_the_bundle()
    {
        string weights = Path.Combine(bundle.Directory, "weights.bin");
        File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..100]);
        using (IBundleProgram program = CSharpBuilder.Build(bundle.Directory))
            Assert.Equal("EC8008", Fault(() => program.Trace(bundle.InputBytes)).Code);
        File.Delete(weights);
        using (IBundleProgram program = CSharpBuilder.Build(bundle.Directory))
            Assert.Contains("weights.bin is not embedded", Fault(() => program.Trace(bundle.InputBytes)).Message, StringComparison.Ordinal);
    }

    private static Diagnostic Fault(Action action) => Assert.Single(Assert.Throws<DiagnosticException>(action).Diagnostics);
}
