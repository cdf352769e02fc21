using System.Diagnostics;
using Edgec.Import.Proto;
using Edgec.Plan;
using Edgec.Targets;
using Edgec.Tests.Emit.Report;
using Edgec.Tests.Import;
using Google.Protobuf;
using Xunit;

namespace Edgec.Tests.CommandLine;

public sealed class TargetOptionsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TargetOptionsTests()
    {
        var weight = new TensorProto { Name = "w", DataType = 1 };
        weight.Dims.AddRange([4, 3, 3, 3]);
        weight.FloatData.AddRange(Enumerable.Range(0, 108).Select(i => (i * 37 % 101 - 50) / 50f));
        ModelBuilder model = new ModelBuilder().Input("x", 1, 3, 8, 8).Node("Conv", "x w", "c", name: "Conv_0").Node("Sigmoid", "c", "s").Node("Mul", "c s", "y").Output("y");
        model.Model.Graph.Initializer.Add(weight);
        File.WriteAllBytes(folder.At("m.onnx"), model.Model.ToByteArray());
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_single_file_stands_alone_builds_without_warnings_and_is_equal()
    {
        Run(0, "compile", "m.onnx", "--target", "host", "--single-file", "--no-size", "-o", "b");
        Assert.False(Directory.Exists(folder.At("b/runtime")));
        Assert.DoesNotContain(Directory.GetFiles(folder.At("b")), file => Path.GetFileName(file).Contains("weights", StringComparison.Ordinal));
        foreach (string file in (string[])["model.c", "model.h"])
            Assert.DoesNotContain("#include \"", File.ReadAllText(folder.At("b/" + file)));
        File.Copy(folder.At("b/model.c"), folder.At("alone.c"));
        foreach (string compiler in (string[])["gcc", "clang"])
        {
            using Process process = Process.Start(new ProcessStartInfo(
                compiler, ["-std=c11", "-O1", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-c", folder.At("alone.c"), "-o", folder.At("alone.o")])
            { RedirectStandardError = true })!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, errors);
        }

        Run(0, "verify", "b");
    }

    [Fact]
    public void Verify_builds_with_the_compiler_asked_for()
    {
        Run(0, "compile", "m.onnx", "--target", "host", "--no-size", "-o", "b");
        Run(0, "verify", "b", "--compiler", "clang");
        Assert.Contains("EC8001: 'no-such-compiler'", Run(3, "verify", "b", "--compiler", "no-such-compiler"));
        Run(0, "compile", "m.onnx", "--target", "ultra96", "-o", "f");
        Run(0, "verify", "f", "--compiler", "clang++");
        Run(0, "compile", "m.onnx", "--target", "csharp", "-o", "s");
        Assert.Contains("EC8009", Run(2, "verify", "s", "--compiler", "clang"));
    }

    [Theory]
    [InlineData("vitis")]
    [InlineData("bambu")]
    [InlineData("generic")]
    public void A_dialect_is_told_to_the_engines(string dialect)
    {
        Run(0, "compile", "m.onnx", "--target", "ultra96", "--style", "engine", "--hls-dialect", dialect, "-o", "b");
        Assert.Contains("EDGEC_DIALECT_" + dialect.ToUpperInvariant(), File.ReadAllText(folder.At("b/src/config.h")));
        Assert.Contains($"\"hlsDialect\": \"{dialect}\"", File.ReadAllText(folder.At("b/manifest.json")));
    }

    [Theory]
    [InlineData("EC7006", "csharp", "--hls-dialect", "vitis")]
    [InlineData("EC7006", "host", "--style", "engine")]
    [InlineData("EC7006", "ultra96", "--single-file")]
    [InlineData("EC7006", "ultra96", "--memory", "a=1:1")]
    [InlineData("EC7002", "ultra96", "--hls-dialect", "verilog")]
    [InlineData("EC7002", "ultra96", "--style", "dataflow")]
    [InlineData("EC7002", "host", "--memory", "sram")]
    [InlineData("EC7002", "host", "--memory", "sram=0:1G")]
    public void An_option_that_says_nothing_here_is_refused(string code, string target, params string[] option) =>
        Assert.Contains($"error {code}: {option[0]}", Run(2, ["estimate", "m.onnx", "--target", target, .. option]));

    [Fact]
    public void What_does_not_fit_the_caches_comes_from_the_smallest_memory_that_holds_it()
    {
        ModelPlan plan = ReportCase.OnProcessor().Plan;
        CpuTarget target = (CpuTarget)TargetCatalog.Load("cortex-a53") with { L1Bytes = 0, L2Bytes = 0, L3Bytes = 0 };
        MemoryLevel small = new("scratch", 16, 1e12), large = new("flash", 1 << 30, 1e6), fitting = new("sram", 1 << 20, 1e9);
        double own = Memory(), slow = Memory(large), fast = Memory(small, large, fitting);
        Assert.Equal(target.Memory.Sustained / 1e6, slow / own, 1e-6);
        Assert.Equal(1e9 / 1e6, slow / fast, 1e-6);
        Assert.Equal(own, Memory(small), 1e-6);

        double Memory(params MemoryLevel[] memories) => CpuCost.Of(plan, target, memories).Steps.Sum(step => step.MemoryCycles);
    }

    private string Run(int expected, params string[] arguments)
    {
        (int exit, _, string errors) = Tool.Run(folder.Path, arguments);
        Assert.True(exit == expected, $"exit {exit}: {errors}");
        return errors;
    }
}
