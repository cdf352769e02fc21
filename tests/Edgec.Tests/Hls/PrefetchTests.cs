using Edgec.Emit;
using Edgec.Emit.Hls;
using Edgec.Kernels;
using Edgec.Plan.Hls;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Xunit;
using static Edgec.Tests.Hls.Draw;
using static Edgec.Tests.Hls.EngineTests;

namespace Edgec.Tests.Hls;

/// <summary>Weights that come in while the command before is computed: the same results as without, and cycles counted by hand.</summary>
public sealed class PrefetchTests
{
    private const string Checked = "-O1 -fsanitize=undefined -fno-sanitize-recover=undefined";

    [Theory]
    [InlineData(61, true, "ultra96")]
    [InlineData(61, false, "ultra96")]
    [InlineData(62, true, "pynq-z2")]
    [InlineData(63, true, "zcu102")]
    public void Random_layers_are_exact(int seed, bool prefetch, string board)
    {
        EngineCase[] cases = Drawn(new Draw(seed));
        HlsPlan plan = Planned(cases, board, new() { Prefetch = prefetch });
        Assert.Equal(prefetch, plan.Configuration.Prefetch);
        Assert.Equal(prefetch, plan.Estimate.HiddenCycles > 0);
        EngineBench.Check(cases, plan, Checked);
    }

    // 10 x 10 pixels of 16 words: a group of 16 outputs takes 144 entries. Half of 512 holds one group.
    [Fact]
    public void The_first_load_is_waited_for_and_the_others_are_hidden()
    {
        EngineCase[] cases = [new Draw(64).Convolution("c", Geometry(10, 10, 256, 64, 3, pad: 1))];
        HlsPlan ahead = Planned(cases, options: new(Outputs: 16)), after = Planned(cases, options: new(Outputs: 16) { Prefetch = false });
        const long Load = 144 * 16 + 1 + 16, Compute = HlsCost.CommandOverhead + 10 * (10 * 144 + HlsCost.RowOverhead) + 4 * 10 * 16;
        Assert.Equal((512, 256, 4), (ahead.Configuration.WeightDepth, ahead.Configuration.TileDepth, ahead.Commands.Length));
        Assert.Equal((4 * Compute + Load, 4 * Load, 3 * Load), (ahead.Layers[0].Cost.Cycles, ahead.Layers[0].Cost.Loading, ahead.Layers[0].Cost.Hidden));
        Assert.Equal((4 * Load, 3 * Load), (ahead.Estimate.LoadingCycles, ahead.Estimate.HiddenCycles));
        Assert.Equal("loading=9284 hidden=6963", ahead.Layers[0].Loads);
        Assert.Equal((false, 0), (after.Configuration.Prefetch, after.Layers[0].Cost.Hidden));
        Assert.True(ahead.Cycles < after.Cycles);
        EngineBench.Check(cases, ahead);
    }

    // 700 words in: groups of 32 outputs take 700 of 1,024 entries. Two of them are not there together; a group of the next layer has room.
    [Fact]
    public void A_group_beyond_half_of_the_memory_is_loaded_behind_its_neighbour_or_beside_it()
    {
        var draw = new Draw(65);
        EngineCase[] cases = [draw.Matmul("long", 1, 2, 11200, 64), draw.Matmul("short", 1, 9, 64, 30)];
        HlsPlan plan = Planned(cases, options: new(Outputs: 32));
        Assert.Equal((1024, 3), (plan.Configuration.WeightDepth, plan.Commands.Length));
        Assert.Equal((2 * (700 * 32 + 1 + 32), 0), (plan.Layers[0].Cost.Loading, plan.Layers[0].Cost.Hidden));
        Assert.Equal((4 * 32 + 1 + 32, 4 * 32 + 1 + 32), (plan.Layers[1].Cost.Loading, plan.Layers[1].Cost.Hidden));
        EngineBench.Check(cases, plan, Checked);
    }

    // A command of 1,000 cycles, 500 steps and a word of results in 8 cycles.
    [Theory]
    [InlineData(250, 62, false, 0)] // in the 500 cycles after the weights
    [InlineData(250, 70, false, 8)]
    [InlineData(600, 40, false, 100 + 40)]
    [InlineData(250, 20, true, 270)]
    public void What_comes_is_limited_by_steps_and_intervals(long weights, long parameters, bool holdsPort, long exposed)
    {
        var before = new EngineRun(0, 1000, 0, new(0, 0, 0, 0, 0, 500, 8), null) { HoldsPort = holdsPort };
        var run = new EngineRun(1, 1000, 0, new(0, 0, 0, weights, parameters, 0, 1), null);
        Assert.Equal(exposed, LoadCost.Exposed(before, run));
    }

    // A command of the stage alone: its array takes a word a cycle.
    [Fact]
    public void A_part_that_idles_takes_a_word_a_cycle()
    {
        var before = new EngineRun(0, 1000, 0, null, new(0, 0, 0, 0, 0, 500, 8));
        Assert.Equal(0, LoadCost.Exposed(before, new(1, 1000, 0, new(0, 0, 0, 600, 400, 0, 1), null)));
        Assert.Equal(10, LoadCost.Exposed(before, new(1, 1000, 0, new(0, 0, 0, 600, 410, 0, 1), null)));
    }

    // 32 or 16 rows an expert, 16 steps a row: with steps of one cycle 16 rows would not do for 16 x 16 words and 4 ranges.
    [Theory]
    [InlineData("ultra96", 128, 1)]
    [InlineData("pynq-z2", 64, 2)]
    public void Experts_are_loaded_while_others_are_computed_but_for_the_first(string board, int rows, int interval)
    {
        var draw = new Draw(66);
        HlsPlan plan = Planned([draw.Matmul("before", 1, 9, 64, 30), ExpertEngineTests.Case(draw, "layer", new(rows, 2, 8, 64, 64, false, true), ElementType.I64, packed: false)], board);
        Assert.Equal((16, interval), (plan.Configuration.Group, plan.Configuration.MacInterval));
        LayerCost cost = plan.Layers[1].Cost;
        Assert.Equal(9, plan.Commands.OfType<ConvolutionCommand>().Count());
        Assert.Equal(cost.Loading / 8 * 7, cost.Hidden);
    }

    [Fact]
    public void Experts_without_rows_are_passed_over()
    {
        var draw = new Draw(67);
        HlsPlan plan = Planned(
        [
            draw.Matmul("before", 1, 9, 64, 30), ExpertEngineTests.Case(draw, "layer", new(5, 1, 6, 32, 32, false, true), ElementType.I64, packed: false),
            draw.Matmul("after", 1, 9, 64, 30),
        ]);
        using var folder = new TemporaryFolder();
        EngineBench.Write(HlsBackend.Emit(plan, [], new Templates()), folder.Path);
        string program = Path.Combine(SourceTree.Root, "tests", "cases", "hls-engine", "prefetch.cpp");
        EngineBench.Execute("g++", ["-std=c++14", "-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas", "-Wno-unused-label", "-Isrc", "-Iinclude", "-isystem", "sim", program, "-o", "prefetch"], folder.Path);
        // A layer, its queues, six experts, a layer: who is first in the queues is not known before they are filled.
        Assert.Equal("0>9 1>3 3>6 6>8 8>9 ", EngineBench.Execute("./prefetch", [], folder.Path));
    }

    [Fact]
    public void What_is_loaded_lies_in_memory_in_the_order_it_is_read()
    {
        var draw = new Draw(68);
        HlsPlan plan = Planned([draw.Convolution("c", Geometry(10, 10, 256, 64, 3, pad: 1)), ExpertEngineTests.Case(draw, "layer", new(64, 2, 8, 64, 64, false, true), ElementType.I64, packed: false)]);
        int next = (int)plan.Memory.Image;
        foreach (ConvolutionCommand c in plan.Commands.OfType<ConvolutionCommand>())
        {
            Assert.Equal((next, next + c.WeightWords), (c.Weights, c.Parameters));
            next = c.Parameters + c.RangeWords + c.ParameterWords;
        }

        Assert.Equal(plan.MemoryWords, next);
    }

    [Fact]
    public void A_single_command_is_built_without()
    {
        HlsPlan plan = Planned([new Draw(69).Matmul("m", 1, 4, 64, 16)]);
        Assert.Equal((false, 1), (plan.Configuration.Prefetch, plan.Commands.Length));
        Assert.Equal(1200, HlsCost.Resources(plan.Configuration with { Prefetch = true }, EngineBench.Board("ultra96")).Lut - plan.Resources.Lut);
    }

    private static HlsPlan Planned(EngineCase[] cases, string board = "ultra96", HlsOptions? options = null) =>
        HlsPlanner.Plan(EngineBench.Plan(cases), EngineBench.Board(board), options ?? new(), "prefetch.onnx");

    // All that the engine computes, in any order, with experts that nobody chooses between.
    private static EngineCase[] Drawn(Draw draw)
    {
        var cases = new List<EngineCase>();
        while (cases.Count < 28)
        {
            string name = $"_{cases.Count}";
            int height = draw.Int(3, 9), width = draw.Int(3, 9), channels = draw.Int(2, 60), outputs = draw.Int(5, 90), rows = draw.Int(3, 12);
            EngineCase c = draw.Int(0, 8) switch
            {
                0 => draw.Convolution("window" + name, Geometry(height, width, channels, outputs, 3, pad: 1)),
                1 => draw.Convolution("pointwise" + name, Geometry(height, width, channels, outputs, 1)),
                2 => draw.Convolution("depthwise" + name, Geometry(height, width, channels, channels, 3, pad: 1, groups: channels)),
                3 => draw.Window("maximum" + name, new(WindowMode.Maximum, Geometry(height, width, channels, channels, 2), null, null, new ClampFinish(-120, 127))),
                4 => draw.Average("average" + name, Geometry(height, width, channels, channels, 3, pad: 1), countPadding: draw.Int(0, 1) == 0),
                5 => draw.Matmul("dense" + name, 1, rows, channels, outputs),
                6 => draw.Product("product" + name, new(2, rows, channels, outputs, draw.Int(0, 1) == 0, BroadcastLeft: false, BroadcastRight: false)),
                7 => new("table" + name, new TableKernel(rows * 32, draw.I8([256])), draw.I8([rows, 32]), [rows, 32]),
                _ => ExpertEngineTests.Case(draw, "experts" + name, new(rows, 2, draw.Int(3, 9), channels, outputs, false, true), ElementType.I64, packed: draw.Int(0, 1) == 0),
            };
            if (draw.Int(0, 3) == 0 && c.Kernel(16) is WindowKernel { Weights: not null } or MatmulKernel { Weights: not null })
                c = Packed(c);
            if (c.Expected.Bytes.ToArray().Distinct().Count() > 16)
                cases.Add(c);
        }

        return [.. cases];
    }
}
