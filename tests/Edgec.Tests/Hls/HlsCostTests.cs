using Edgec.Plan.Hls;
using Xunit;
using static Edgec.Tests.Hls.Draw;

namespace Edgec.Tests.Hls;

/// <summary>The formulas of the estimate against counts done by hand.</summary>
public sealed class HlsCostTests
{
    [Fact]
    public void A_convolution_costs_its_steps()
    {
        // 10 x 10 pixels; 2 groups of 16 outputs x 4 input words x 9 taps = 72 steps a pixel; 3 rows of 40 words first.
        HlsPlan plan = Plan(new Draw(1).Convolution("c", Geometry(10, 10, 64, 32, 3, pad: 1)), new(Outputs: 16));
        const long Parameters = 32 + 2 + 72 * 16;
        const long Rows = 10 * (10 * 72 + HlsCost.RowOverhead);
        const long Lead = 4 * 40; // the ring holds a fourth row, which the second row of outputs needs
        Assert.Equal(HlsCost.CommandOverhead + Parameters + Rows + Lead, plan.Cycles);
    }

    [Fact]
    public void A_dense_layer_costs_the_reading_of_its_weights()
    {
        HlsPlan plan = Plan(new Draw(1).Matmul("m", 1, 1, 1024, 256), new(Outputs: 16));
        Assert.InRange(plan.Cycles, 1024 * 256 / 16, 1.5 * 1024 * 256 / 16);
    }

    [Fact]
    public void A_map_costs_a_word_an_interval_or_what_memory_gives()
    {
        HlsPlan plan = Plan(new("t", new Edgec.Kernels.TableKernel(160 * 160, new Draw(1).I8([256])), new Draw(1).I8([160, 160]), [160, 160]), new());
        long engine = HlsCost.CommandOverhead + 256 + 1600L * plan.Configuration.MapInterval;
        long memory = HlsCost.Memory(3200, EngineBench.Board("ultra96")); // 51,200 bytes at 12 bytes a cycle
        Assert.Equal(4267, memory);
        Assert.Equal(Math.Max(engine, memory), plan.Cycles);
    }

    [Fact]
    public void Multipliers_follow_the_array_and_its_interval()
    {
        EngineConfiguration c = Plan(new Draw(1).Convolution("c", Geometry(10, 10, 64, 32, 3, pad: 1)), new(Outputs: 16)).Configuration;
        var board = EngineBench.Board("ultra96");
        ResourceEstimate one = HlsCost.Resources(c with { MacInterval = 1 }, board), two = HlsCost.Resources(c with { MacInterval = 2 }, board);
        Assert.Equal((16 * 16 + 16) / 2, one.Dsp - two.Dsp);
        Assert.Equal(one.Bram36, two.Bram36);
    }

    [Fact]
    public void Weights_take_two_block_rams_an_output_for_512_entries()
    {
        EngineConfiguration c = Plan(new Draw(1).Convolution("c", Geometry(10, 10, 64, 32, 3, pad: 1)), new(Outputs: 16)).Configuration;
        var board = EngineBench.Board("zcu102");
        int less = HlsCost.Resources(c with { WeightDepth = 512 }, board).Bram36, more = HlsCost.Resources(c with { WeightDepth = 1024 }, board).Bram36;
        Assert.Equal(2 * 16, more - less);
    }

    private static HlsPlan Plan(EngineCase one, HlsOptions options) =>
        HlsPlanner.Plan(EngineBench.Plan([one]), EngineBench.Board("ultra96"), options, "m.onnx");
}
