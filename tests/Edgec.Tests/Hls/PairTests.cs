using Edgec.Emit;
using Edgec.Emit.Hls;
using Edgec.Plan.Hls;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Targets;
using Xunit;
using static Edgec.Tests.Hls.Draw;
using static Edgec.Tests.Hls.EngineTests;

namespace Edgec.Tests.Hls;

/// <summary>Two products of 4-bit weights in one multiplier: exact for all operands, chosen where it pays, and never at the cost of a bit.</summary>
public sealed class PairTests
{
    private const string Checked = "-O1 -fsanitize=undefined -fno-sanitize-recover=undefined";

    // Samples of 8 bits, and of 13: those between pixels at sixteenths.
    [Theory]
    [InlineData(8)]
    [InlineData(13)]
    public void All_pairs_of_weights_with_all_samples_are_exact(int bits)
    {
        var draw = new Draw(41);
        EngineCase[] cases = [Packed(bits == 8 ? draw.Convolution("c", Geometry(4, 4, 16, 32, 3)) : Deform(draw, new(1, false, 4, -48, 48)))];
        HlsPlan plan = Plan(cases);
        Assert.Equal((true, bits), (plan.Configuration.Pairs, plan.Configuration.Deform.SampleBits));
        string folder = Directory.CreateTempSubdirectory("edgec-hls").FullName;
        try
        {
            EngineBench.Write(HlsBackend.Emit(plan, [], new Templates()), folder);
            string program = Path.Combine(SourceTree.Root, "tests", "cases", "hls-engine", "pairs.cpp");
            EngineBench.Execute("g++", ["-std=c++14", "-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas", "-Wno-unused-label", .. Checked.Split(' '), "-Isrc", "-Iinclude", "-isystem", "sim", program, "-o", "pairs"], folder);
            Assert.Equal("", EngineBench.Execute("./pairs", [], folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Random_layers_of_four_bits_are_exact()
    {
        var draw = new Draw(42);
        EngineCase[] cases = [.. Drawn(draw, 20, _ => true), Packed(draw.Matmul("dense", 1, 1, 300, 70)), Packed(Deform(draw, new(1, false, 4, -48, 48)))];
        HlsPlan plan = Plan(cases);
        Assert.Equal((true, false), (plan.Configuration.Pairs, plan.Configuration.Singles));
        EngineBench.Check(cases, plan, Checked);
    }

    [Fact]
    public void Layers_of_eight_bits_and_products_of_activations_share_the_array()
    {
        var draw = new Draw(43);
        List<EngineCase> cases = Drawn(draw, 24, i => i % 3 != 0);
        cases.Add(draw.Product("scores", new(3, 9, 20, 11, RightTransposed: true, BroadcastLeft: false, BroadcastRight: false)));
        cases.Add(draw.Product("weighted", new(3, 9, 11, 20, RightTransposed: false, BroadcastLeft: false, BroadcastRight: false)));
        cases.Add(Packed(draw.Convolution("wide", Geometry(6, 7, 50, 130, 1))));
        HlsPlan plan = Plan([.. cases], new(Outputs: 32), "ultra96");
        Assert.Equal((true, true), (plan.Configuration.Pairs, plan.Configuration.Singles));
        EngineBench.Check(cases, plan, Checked);
    }

    // 16 columns for 32 outputs: as many multipliers and block RAMs as 16 outputs of 8 bits take, and half the steps.
    [Fact]
    public void Pairs_compute_twice_the_outputs_with_as_many_multipliers()
    {
        EngineCase one = new Draw(44).Convolution("c", Geometry(32, 32, 64, 128, 3, pad: 1));
        HlsPlan eight = Plan([one], new(Outputs: 16), "ultra96"), four = Plan([Packed(one)], new(Outputs: 32), "ultra96");
        Assert.Equal((16, 16), (eight.Configuration.Array.Columns, four.Configuration.Array.Columns));
        Assert.Equal(eight.Configuration.FinishInterval, four.Configuration.FinishInterval);
        Assert.Equal(eight.Resources.Dsp, four.Resources.Dsp);
        Assert.InRange((double)eight.Cycles / four.Cycles, 1.9, 2.01);
        Assert.Contains("  array 16x32 in pairs every 1", HlsPlanPrinter.Print(four), StringComparison.Ordinal);
    }

    // 2 groups of 32 outputs, 4 words and 9 taps each: 72 entries, of 16 words that hold two outputs.
    [Fact]
    public void Pairs_stay_together_in_the_weight_memory()
    {
        HlsPlan plan = Plan([Packed(new Draw(45).Convolution("c", Geometry(8, 8, 64, 64, 3, pad: 1)))], new(Outputs: 32), "ultra96");
        var command = Assert.IsType<ConvolutionCommand>(Assert.Single(plan.Commands));
        Assert.Equal((72 * 16, 16), (command.WeightWords, command.WeightOutputs));
        Assert.Equal(64 * 16 + 2 * 16 + 72 * 16 * 16, plan.Image.Length); // parameters, ranges, weights: half a byte each
    }

    [Theory]
    [InlineData(8, DspKind.Dsp48E1, true)]
    [InlineData(12, DspKind.Dsp48E1, true)]
    [InlineData(13, DspKind.Dsp48E1, false)]
    [InlineData(14, DspKind.Dsp48E2, true)]
    [InlineData(15, DspKind.Dsp48E2, false)]
    public void Pairs_are_as_wide_as_the_multiplier(int sampleBits, DspKind dsp, bool fits) => Assert.Equal(fits, MultiplierArray.CanPair(sampleBits, dsp));

    [Fact]
    public void Samples_too_wide_for_pairs_get_a_multiplier_each()
    {
        EngineCase fine = Packed(Deform(new Draw(46), new(1, false, 7, -300, 300)));
        HlsPlan plan = Plan([fine]);
        Assert.Equal((16, false), (plan.Configuration.Deform.SampleBits, plan.Configuration.Pairs));
    }

    private static List<EngineCase> Drawn(Draw draw, int count, Predicate<int> packed)
    {
        var cases = new List<EngineCase>();
        while (cases.Count < count)
        {
            int kernel = draw.Int(1, 4), pad = draw.Int(0, kernel), height = draw.Int(3, 9), width = draw.Int(3, 9), inputs = draw.Int(1, 24), groups = draw.Of(1, 1, 2, 3);
            WindowGeometry g = Geometry(height, width, inputs * groups, draw.Int(1, 40) * groups, kernel, draw.Int(1, 2), pad, groups, 1, draw.Int(1, 2));
            if (height + 2 * pad < kernel || width + 2 * pad < kernel)
                continue;
            string name = $"window{cases.Count}";
            EngineCase drawn = draw.Int(0, 5) switch
            {
                0 => draw.Convolution(name, g with { OutChannels = g.Channels, Groups = g.Channels }),
                1 => draw.Matmul(name, draw.Int(1, 2), height, inputs * 3, draw.Int(1, 90)),
                _ => draw.Convolution(name, g),
            };
            EngineCase one = packed(cases.Count) ? Packed(drawn) : drawn;
            if (one.Expected.Bytes.ToArray().Distinct().Count() > 16)
                cases.Add(one);
        }

        return cases;
    }

    private static EngineCase Deform(Draw draw, DeformSampling sampling) =>
        DeformEngineTests.Deform(draw, "deform", Geometry(16, 9, 20, 37, 3, pad: 1), sampling, wide: sampling.Fraction > 4, packed: true);

    private static HlsPlan Plan(EngineCase[] cases, HlsOptions? options = null, string board = "zcu102") =>
        HlsPlanner.Plan(EngineBench.Plan(cases), EngineBench.Board(board), options ?? new(), "pairs.onnx");
}
