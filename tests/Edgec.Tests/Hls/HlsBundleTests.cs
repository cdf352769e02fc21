using Edgec.Emit;
using Edgec.Emit.Hls;
using Edgec.Kernels;
using Edgec.Plan.Hls;
using Edgec.Runtime;
using Xunit;
using static Edgec.Tests.Hls.Draw;

namespace Edgec.Tests.Hls;

public sealed class HlsBundleTests
{
    [Fact]
    public void Every_header_compiles_alone()
    {
        using var folder = new TemporaryFolder();
        Write(folder, Bundle(new()));
        foreach (string header in Directory.GetFiles(folder.At("include/edgec")))
        {
            File.WriteAllText(folder.At("alone.cpp"), $"#include \"edgec/{Path.GetFileName(header)}\"\n");
            Compile(folder, "g++", "alone.cpp");
        }
    }

    [Theory]
    [InlineData(HlsDialect.Vitis)]
    [InlineData(HlsDialect.Bambu)]
    [InlineData(HlsDialect.Generic)]
    public void Every_dialect_compiles(HlsDialect dialect)
    {
        using var folder = new TemporaryFolder();
        Write(folder, Bundle(new(dialect)));
        Compile(folder, "g++", "src/top.cpp");
        Compile(folder, "clang++", "src/top.cpp");
    }

    [Fact]
    public void Directives_reach_the_tool_as_literals()
    {
        using var folder = new TemporaryFolder();
        Write(folder, Bundle(new()));
        string text = EngineBench.Execute("g++", ["-E", "-std=c++14", "-Isrc", "-Iinclude", "-isystem", "sim", "src/top.cpp"], folder.Path);
        string[] directives = [.. text.Split('\n').Where(line => line.StartsWith("#pragma HLS", StringComparison.Ordinal)).Select(line => line.Trim()).Distinct()];
        Assert.DoesNotContain(directives, d => d.Contains("EDGEC_", StringComparison.Ordinal));
        Assert.Contains("#pragma HLS interface mode=s_axilite port=return", directives);
        Assert.Contains(directives, d => d.StartsWith("#pragma HLS interface mode=m_axi port=source bundle=gmem0 offset=slave depth=", StringComparison.Ordinal));
        Assert.Contains("#pragma HLS array_partition variable=weights type=complete dim=2", directives);
    }

    [Fact]
    public void For_bambu_there_is_no_directive_it_refuses()
    {
        using var folder = new TemporaryFolder();
        Write(folder, Bundle(new(HlsDialect.Bambu)));
        string text = EngineBench.Execute("g++", ["-E", "-std=c++14", "-Isrc", "-Iinclude", "-isystem", "sim", "src/top.cpp"], folder.Path);
        Assert.All(
            text.Split('\n').Where(line => line.StartsWith("#pragma HLS", StringComparison.Ordinal)),
            line => Assert.Matches("^#pragma HLS (unroll|inline|inline off|interface port=\\w+ mode=m_axi .*)$", line.Trim()));
    }

    [Fact]
    public void Every_loop_has_a_label()
    {
        foreach (string header in Directory.GetFiles(Path.Combine(SourceTree.Root, "hls-templates", "include", "edgec")))
        {
            string[] lines = File.ReadAllLines(header);
            for (int i = 1; i < lines.Length; i++)
            {
                if (lines[i].TrimStart().StartsWith("for (", StringComparison.Ordinal))
                    Assert.Matches("^\\s*\\w+:$", lines[i - 1]);
            }
        }
    }

    [Fact]
    public void The_test_bench_fails_on_a_wrong_output()
    {
        using var folder = new TemporaryFolder();
        Write(folder, Bundle(new()));
        Assert.Contains("PASS", EngineBench.Execute("make", ["-s", "csim"], folder.Path), StringComparison.Ordinal);
        string file = folder.At("tb/vectors/vector0_output1.bin");
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        string text = EngineBench.Execute("build/testbench", [], folder.Path, mayFail: true);
        Assert.Contains($"vector 0: move_y differs at element {bytes.Length - 1}", text, StringComparison.Ordinal);
        Assert.Contains("FAIL", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Emission_is_deterministic()
    {
        Assert.Equal(Bundle(new()).Select(f => (f.Path, f.Text)), Bundle(new()).Select(f => (f.Path, f.Text)));
    }

    private static IReadOnlyList<EmittedFile> Bundle(HlsOptions options)
    {
        var draw = new Draw(1);
        short[] table = [.. Enumerable.Range(0, 256).Select(d => (short)Math.Round(32767 * Math.Exp(-0.1 * d)))];
        EngineCase[] cases =
        [
            draw.Convolution("conv", Geometry(6, 6, 20, 17, 3, pad: 1)),
            new("move", lanes => new MoveKernel(1, (int)Storage.Count([3, 20], lanes), [new(0, [3, 20], [Storage.Pitch([20], lanes), 1], [Storage.Pitch([20], lanes), 1], 0, 0)]),
                [draw.I8([3, 20])], [3, 20]),
            new("table", new TableKernel(40, draw.I8([256])), draw.I8([2, 20]), [2, 20]),
            new("softmax", new RowNormKernel(new SoftmaxStep(Tensor.Of([256], table), 255, -128), new(3, 20, 1)), draw.I8([3, 20]), [3, 20]),
        ];
        HlsPlan plan = HlsPlanner.Plan(EngineBench.Plan(cases), EngineBench.Board("ultra96"), options, "m.onnx");
        TestVector vector = new([.. cases.SelectMany(c => c.Operands)], [.. cases.Select(c => c.Expected)]);
        return HlsBackend.Emit(plan, [vector], new Templates());
    }

    private static void Write(TemporaryFolder folder, IReadOnlyList<EmittedFile> files) => EngineBench.Write(files, folder.Path);

    private static void Compile(TemporaryFolder folder, string compiler, string file) => EngineBench.Execute(
        compiler,
        ["-std=c++14", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas", "-Wno-unused-label", "-Wno-unused-const-variable", "-Isrc", "-Iinclude", "-isystem", "sim", file],
        folder.Path);
}
