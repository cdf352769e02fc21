using Edgec.Plan.Hls;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Xunit;
using static Edgec.Tests.Hls.Draw;

namespace Edgec.Tests.Hls;

/// <summary>What bounds, squares and whole offsets of a deformable convolution save, against counts done by hand.</summary>
public sealed class DeformCostTests
{
    // 256 x 256 pixels of 64 channels, depthwise: 4 words, 36 taps a pixel.
    private const long Pixels = 256 * 256, Words = 4, Taps = 36;

    private static readonly DeformSampling
        Free = new(1, false, 4, short.MinValue, short.MaxValue), Bounded = Free with { Lo = -112, Hi = 112 }, Whole = new(1, false, 0, -7, 7), Square = Whole with { Square = true };

    [Fact]
    public void Bounds_keep_samples_on_chip()
    {
        HlsLayer free = Layer(Free, out _), bounded = Layer(Bounded, out HlsPlan plan);
        Assert.Equal((SampleAccess.Gather, SampleAccess.Banked), (free.Samples, bounded.Samples));
        Assert.Equal(4 * Taps * Pixels * DeformCost.GatherInterval, Engine(free)); // four neighbours of each tap
        Assert.Equal(Pixels * (4 * Taps - Words), free.Cost.Words - bounded.Cost.Words); // each word of the image once
        Assert.Equal(18, bounded.Step.Kernel is Edgec.Kernels.DeformKernel k ? new DeformShape(k, true, false, SampleAccess.Banked).RingRows : 0); // 2 · (1 + 7) + 2
        Assert.Equal(256 * (256 * 2 * Taps + HlsCost.RowOverhead) + 9 * 256 * Words, Engine(bounded)); // both columns of each tap; nine rows first
        Assert.Equal(2, plan.Configuration.Deform.Banks);
        Assert.Equal(18 * 256 * 4 * 16, bounded.SampleBytes);
        Assert.Contains(" samples=banked rows=294912 cycles=", HlsPlanPrinter.Print(plan), StringComparison.Ordinal);
        Assert.Contains("  samples ports=1 banks=2x9216 places=9 sample=13b between pixels\n", HlsPlanPrinter.Print(plan), StringComparison.Ordinal);
        Assert.Equal(("samples=gather", "samples=banked rows=294912"), (free.Note, Assert.Single(plan.Estimate.Steps).Note));
    }

    [Fact]
    public void Squares_are_sampled_three_rows_at_once()
    {
        HlsLayer whole = Layer(Whole, out _), square = Layer(Square, out HlsPlan plan);
        Assert.Equal((SampleAccess.Banked, SampleAccess.Square), (whole.Samples, square.Samples));
        Assert.Equal(256 * (256 * Taps + HlsCost.RowOverhead) + 9 * 256 * Words, Engine(whole));
        Assert.Equal(256 * (256 * Taps / 3 + HlsCost.RowOverhead) + 9 * 256 * Words, Engine(square));
        Assert.Equal((3, 18), (plan.Configuration.Deform.Ports, plan.Configuration.Deform.Banks));
        Assert.Equal(18 * 2 * 2, DeformCost.Bram36(plan.Configuration.Deform)); // 1024 words a row
    }

    [Fact]
    public void Whole_offsets_need_no_multipliers()
    {
        Layer(Bounded, out HlsPlan between);
        Layer(Whole, out HlsPlan whole);
        Assert.Equal(3 * 16, DeformCost.Dsp(between.Configuration.Deform) - DeformCost.Dsp(whole.Configuration.Deform));
        Assert.Equal((13, 8), (between.Configuration.Deform.SampleBits, whole.Configuration.Deform.SampleBits));
    }

    private static long Engine(HlsLayer layer)
    {
        var kernel = (Edgec.Kernels.DeformKernel)layer.Step.Kernel;
        return DeformCost.Cycles(new DeformShape(kernel, true, false, layer.Samples), new ConvolutionTile(0, 4, 0, 4, 0, 4, 0));
    }

    private static HlsLayer Layer(DeformSampling sampling, out HlsPlan plan)
    {
        EngineCase one = DeformEngineTests.Deform(new Draw(1), "d", Geometry(256, 256, 64, 64, 3, pad: 1, groups: 64), sampling, wide: true);
        plan = HlsPlanner.Plan(EngineBench.Plan([one]), EngineBench.Board("ultra96"), new(), "d.onnx");
        return Assert.Single(plan.Layers);
    }
}
