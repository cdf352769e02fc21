using Edgec.Diagnostics;
using Edgec.Kernels;
using Edgec.Plan;
using Edgec.Plan.Hls;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Tests.Emit;
using Xunit;
using static Edgec.Tests.Hls.Draw;

namespace Edgec.Tests.Hls;

public sealed class HlsPlannerTests
{
    [Fact]
    public void A_plan_prints_every_decision()
    {
        var draw = new Draw(1);
        HlsPlan plan = Plan(
        [
            draw.Convolution("stem", Geometry(8, 8, 3, 32, 3, stride: 2, pad: 1)),
            draw.Convolution("depth", Geometry(4, 4, 32, 32, 3, pad: 1, groups: 32)),
            new("table", new TableKernel(16 * 32, draw.I8([256])), draw.I8([16, 32]), [16, 32]),
            draw.Matmul("head", 1, 1, 512, 10),
        ]);
        string file = Path.Combine(SourceTree.Root, "tests", "cases", "hls", "plan.txt");
        if (Environment.GetEnvironmentVariable("EDGEC_UPDATE") == "1")
            File.WriteAllText(file, HlsPlanPrinter.Print(plan));
        Assert.Equal(File.ReadAllText(file), HlsPlanPrinter.Print(plan));
    }

    [Fact]
    public void Layers_of_the_same_weights_share_their_place()
    {
        EngineCase one = new Draw(1).Matmul("a", 1, 4, 64, 48), other = new Draw(1).Matmul("b", 1, 4, 64, 48);
        HlsPlan plan = Plan([one, other, new Draw(2).Matmul("c", 1, 4, 64, 48)]), alone = Plan([one]);
        int[] places = [.. plan.Commands.OfType<ConvolutionCommand>().Select(c => c.Weights)];
        Assert.Equal([true, false], new[] { places[1], places[2] }.Select(place => place == places[0]));
        Assert.Equal(2 * 48 * 64, plan.Image.Length - 3 * (alone.Image.Length - 48 * 64));
    }

    [Fact]
    public void More_outputs_at_once_take_fewer_cycles()
    {
        EngineCase[] cases = [new Draw(1).Convolution("c", Geometry(32, 32, 64, 128, 3, pad: 1))];
        HlsPlan small = Plan(cases, options: new(Outputs: 16)), large = Plan(cases, "zcu102", new(Outputs: 64));
        Assert.InRange((double)small.Cycles / large.Cycles, 3.5, 4.2);
        Assert.True(large.Resources.Dsp > 3 * small.Resources.Dsp);
        Assert.InRange(small.Efficiency, 0.85, 1.0);
    }

    [Theory]
    [InlineData("ultra96")]
    [InlineData("zcu102")]
    [InlineData("pynq-z2")]
    [InlineData("kv260")]
    public void What_is_chosen_fits(string board)
    {
        HlsPlan plan = Plan([new Draw(1).Convolution("c", Geometry(56, 56, 256, 512, 3, pad: 1))], board);
        Assert.True(plan.Resources.Fits(EngineBench.Board(board)));
        Assert.Null(plan.Resources.Excess(EngineBench.Board(board)));
    }

    [Fact]
    public void Sums_get_exactly_the_bits_they_need()
    {
        // 3 x 3 x 4 weights of 127: 128 · 36 · 127 = 585,216 < 2^20.
        WindowGeometry g = Geometry(4, 4, 4, 2, 3);
        Tensor weights = Tensor.Of([2, 3, 3, 4], Enumerable.Repeat((sbyte)127, 72).ToArray());
        IntegerFinish finish = FixedPoint.Finish([0.001], 0, -128, 127)!;
        HlsPlan plan = Plan([new Draw(1).Window("c", new(WindowMode.Convolution, g, weights, null, finish))]);
        Assert.Equal(21, plan.Configuration.AccumulatorBits);
    }

    [Fact]
    public void Few_channels_share_words()
    {
        HlsPlan plan = Plan([new Draw(1).Convolution("c", Geometry(9, 9, 3, 16, 7, pad: 3))]);
        ConvolutionCommand command = Assert.IsType<ConvolutionCommand>(Assert.Single(plan.Commands));
        Assert.Equal((5, 2), (command.Window.Taps, command.Window.KernelSteps)); // 5 pixels of 3 channels in 16 lanes
    }

    [Fact]
    public void Every_layer_that_has_no_form_is_named()
    {
        var draw = new Draw(1);
        Tensor x = draw.I8([4, 4]);
        EngineCase[] cases =
        [
            new("convert", new ConvertKernel(Conversion.Quantize, 16, 0.1f, 0), x, [4, 4]),
            new("float_map", new MapKernel(new FloatUnaryStep(UnaryFunction.Erf), BroadcastGeometry.Of([16], [16])), x, [4, 4]),
            new("float_resample", new ResampleKernel(
                new(1, 4, 1, 16, 4, 1, 1, 1), Tensor.Of<int>([4], [0, 1, 2, 3]), Tensor.Of<float>([4, 1], [1, 1, 1, 1]), Tensor.Of<int>([1], [0]), Tensor.Of<float>([1, 1], [1]), FloatFinish.Identity), draw.I8([4, 16]), [4, 16]),
            new("branched", _ => BranchedCases.Random(new(1), ElementType.I8, Geometry(2, 2, 4, 3, 1), 2), [draw.I8([1, 2, 2, 4]), Tensor.Of<short>([1, 2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])], [1, 2, 2, 3]),
            new("too_deep", _ => new MapKernel(new MaximumStep(-128, 127), BroadcastGeometry.Of([2, 2, 2, 2, 2, 2, 4], [2, 1, 2, 1, 2, 1, 4], [1, 2, 1, 2, 1, 2, 4])),
                [draw.I8([2, 1, 2, 1, 2, 1, 4]), draw.I8([1, 2, 1, 2, 1, 2, 4])], [2, 2, 2, 2, 2, 2, 4]),
            new("wrong_rows", new MatmulKernel(new(1, 2, 8, 4, true, false, true), draw.I8([4, 8]), null, draw.Finish(1, 8)), x, [2, 4]),
        ];
        var problem = Assert.Throws<DiagnosticException>(() => Plan(cases));
        Assert.Equal(["EC4101", "EC4101", "EC4101", "EC4101", "EC4103", "EC4103"], problem.Diagnostics.Select(d => d.Code));
        Assert.Equal("m.onnx(convert -> convert)", problem.Diagnostics[0].Location);
    }

    [Fact]
    public void Sums_beyond_32_bits_are_refused()
    {
        Tensor weights = Tensor.Of([1, 140000], Enumerable.Repeat((sbyte)127, 140000).ToArray());
        var kernel = new MatmulKernel(new(1, 1, 140000, 1, true, false, true), weights, null, FixedPoint.Finish([1e-6], 0, -128, 127)!);
        var problem = Assert.Throws<DiagnosticException>(() => Plan([new("wide", kernel, new Draw(1).I8([1, 140000]), [1, 1])]));
        Assert.Equal("EC4105", Assert.Single(problem.Diagnostics).Code);
    }

    [Fact]
    public void A_multiplier_that_leaves_64_bits_is_refused()
    {
        WindowGeometry g = Geometry(4, 4, 4, 1, 3);
        var finish = new IntegerFinish(Tensor.Of([1], [int.MaxValue]), Tensor.Of([1], [(byte)40]), Tensor.Of([1], [long.MaxValue / 2]), -128, 127);
        Tensor bias = Tensor.Of([1], [int.MaxValue]);
        var kernel = new WindowKernel(WindowMode.Convolution, g, new Draw(1).I8([1, 3, 3, 4]), bias, finish);
        var problem = Assert.Throws<DiagnosticException>(() => Plan([new Draw(1).Window("far", kernel)]));
        Assert.Equal("EC4106", Assert.Single(problem.Diagnostics).Code);
    }

    [Fact]
    public void A_device_too_small_is_named_with_the_layer_that_asks_most()
    {
        EngineCase[] cases = [new Draw(1).Convolution("small", Geometry(4, 4, 4, 4, 3)), new Draw(1).Convolution("huge", Geometry(30, 3000, 256, 16, 9, pad: 4))];
        var problem = Assert.Throws<DiagnosticException>(() => Plan(cases, "pynq-z2"));
        Diagnostic diagnostic = Assert.Single(problem.Diagnostics);
        Assert.Equal("EC4108", diagnostic.Code);
        Assert.Contains("huge", diagnostic.Message, StringComparison.Ordinal);
        Assert.Contains("block RAM", diagnostic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_that_rounds_otherwise_is_refused()
    {
        WindowGeometry g = Geometry(4, 4, 4, 2, 3);
        IntegerFinish finish = FixedPoint.Finish([0.001], 0, -128, 127, RoundingProfile.Onnx)!;
        var kernel = new WindowKernel(WindowMode.Convolution, g, new Draw(1).I8([2, 3, 3, 4]), null, finish);
        var problem = Assert.Throws<DiagnosticException>(() => Plan([new Draw(1).Window("even", kernel), new Draw(1).Convolution("up", g)]));
        Diagnostic diagnostic = Assert.Single(problem.Diagnostics);
        Assert.Equal(("EC4111", "m.onnx(even -> even)"), (diagnostic.Code, diagnostic.Location));
    }

    [Fact]
    public void Wide_activations_are_refused()
    {
        ModelPlan plan = EngineBench.Plan([new Draw(1).Convolution("c", Geometry(4, 4, 4, 2, 3))]);
        plan = plan with { Values = [.. plan.Values.Select(v => v with { Type = v.Type with { Element = ElementType.I16 } })] };
        var problem = Assert.Throws<DiagnosticException>(() => HlsPlanner.Plan(plan, EngineBench.Board("ultra96"), new(), "m.onnx"));
        Assert.Equal("EC4114", Assert.Single(problem.Diagnostics).Code);
    }

    [Fact]
    public void Dense_plans_are_refused()
    {
        ModelPlan plan = EngineBench.Plan([]) with { Lanes = 1 };
        var problem = Assert.Throws<DiagnosticException>(() => HlsPlanner.Plan(plan, EngineBench.Board("ultra96"), new(), "m.onnx"));
        Assert.Equal("EC4110", Assert.Single(problem.Diagnostics).Code);
    }

    [Fact]
    public void A_copy_is_cut_where_its_pieces_end()
    {
        // Rows of 20 in a pitch of 32, cut after 40 lanes: one row and 8 lanes, then 12 and the last row.
        CopyNest nest = CopyNest.Of(new(0, [3, 20], [20, 1], [32, 1], 0, 0))!;
        Assert.Equal([(0L, 0L, 20), (20L, 32L, 8)], nest.Within(0, 40).Select(Runs));
        Assert.Equal([(28L, 40L, 12), (40L, 64L, 20)], nest.Within(40, 96).Select(Runs));

        static (long, long, int) Runs(CopyNest n) => (n.Source, n.Target, Assert.Single(n.Loops).Extent);
    }

    private static HlsPlan Plan(EngineCase[] cases, string board = "ultra96", HlsOptions? options = null) =>
        HlsPlanner.Plan(EngineBench.Plan(cases), EngineBench.Board(board), options ?? new(), "m.onnx");
}
