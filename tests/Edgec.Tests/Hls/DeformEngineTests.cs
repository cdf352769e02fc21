using System.Collections.Immutable;
using Edgec.Kernels;
using Edgec.Plan.Hls;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Targets;
using Xunit;
using Xunit.Sdk;
using static Edgec.Tests.Hls.Draw;

namespace Edgec.Tests.Hls;

/// <summary>Deformable convolutions on the engine against the reference, bit for bit, wherever their samples come from.</summary>
public sealed class DeformEngineTests
{
    private const string Checked = "-O1 -fsanitize=undefined -fno-sanitize-recover=undefined";

    private static readonly DeformSampling Sixteenths = new(1, false, 4, -48, 48), Whole = new(1, false, 0, -3, 3);

    // Taller than what the reach asks for, so that rows come and go.
    private static WindowGeometry Depthwise(int channels, int height = 25, int width = 9, int stride = 1, int dilation = 1, int batch = 1) =>
        Geometry(height, width, channels, channels, 3, stride, dilation, channels, dilation, batch);

    private static EngineCase[] Cases(Draw draw) =>
    [
        Deform(draw, "round", Depthwise(20), Whole),
        Deform(draw, "sixteenths", Depthwise(20), Sixteenths),
        Deform(draw, "square_round", Depthwise(40, width: 7), Whole with { Square = true }),
        Deform(draw, "square", Depthwise(20, stride: 2, batch: 2), Sixteenths with { Square = true, Lo = -40 }),
        Deform(draw, "square_masked", Depthwise(18, dilation: 2), Sixteenths with { Square = true, Fraction = 3 }, masked: true),
        Deform(draw, "square_groups", Depthwise(24, height: 18), Whole with { Square = true, OffsetGroups = 3 }, masked: true),
        Deform(draw, "square_narrow_mask", Depthwise(18), Sixteenths with { Square = true, OffsetGroups = 2 }, masked: true, narrowMask: true),
        Deform(draw, "narrow_mask", Geometry(16, 9, 20, 37, 3, pad: 1), Sixteenths with { OffsetGroups = 2 }, masked: true, narrowMask: true),
        Deform(draw, "narrow_mask_wide_offsets", Geometry(14, 7, 24, 24, 3, pad: 1, groups: 24), Whole with { OffsetGroups = 4 }, masked: true, wide: true, narrowMask: true),
        Deform(draw, "five_by_five", Geometry(20, 8, 5, 5, 5, pad: 2, groups: 5), new(1, true, 1, -3, 4)),
        Deform(draw, "full", Geometry(16, 9, 20, 37, 3, pad: 1), Sixteenths),
        Deform(draw, "full_square_round", Geometry(16, 9, 33, 150, 3, pad: 1), Whole with { Square = true }),
        Deform(draw, "grouped", Geometry(14, 7, 48, 60, 3, pad: 1, groups: 4), Whole with { OffsetGroups = 4 }, masked: true),
        Deform(draw, "offset_groups", Geometry(14, 7, 30, 12, 3, pad: 1, stride: 2, groups: 2), Sixteenths with { OffsetGroups = 5, Fraction = 7 }),
        Deform(draw, "multiplier", Geometry(14, 7, 10, 20, 3, pad: 1, groups: 10), Sixteenths),
        Deform(draw, "even_kernel", Geometry(15, 8, 6, 9, 2, kernelWidth: 3, dilation: 2, pad: 1, padLeft: 2), Sixteenths with { Fraction = 2, Lo = -9, Hi = 7 }),
        Deform(draw, "wide_offsets", Depthwise(20, height: 12), Sixteenths with { Lo = -700, Hi = 900 }, wide: true),
        Deform(draw, "wide_round", Geometry(12, 12, 32, 16, 1), Whole with { Lo = short.MinValue, Hi = short.MaxValue, OffsetGroups = 2 }, wide: true),
        Deform(draw, "unbounded", Depthwise(16, height: 40, width: 4), Sixteenths with { Lo = -128, Hi = 127, Fraction = 1 }),
        draw.Convolution("beside", Geometry(9, 10, 20, 37, 3, pad: 1)),
        draw.Convolution("depthwise_beside", Geometry(9, 10, 36, 36, 3, pad: 1, groups: 36)),
        draw.Convolution("pointwise_beside", Geometry(6, 7, 50, 130, 1)),
        draw.Average("average_beside", Geometry(9, 8, 33, 33, 3, stride: 2, pad: 1), countPadding: false),
    ];

    [Fact]
    public void Samples_from_buffered_rows_are_exact()
    {
        EngineCase[] cases = Cases(new(21));
        HlsPlan plan = Planned(cases);
        Assert.All(plan.Layers.Where(l => l.Step.Kernel is DeformKernel), l => Assert.Equal(
            l.Step.Name.StartsWith("square", StringComparison.Ordinal) ? SampleAccess.Square : SampleAccess.Banked, l.Samples));
        EngineBench.Check(cases, plan, Checked);
    }

    [Fact]
    public void Gathered_samples_are_exact()
    {
        EngineCase[] cases = Cases(new(22));
        HlsPlan plan = Planned(cases, new(SampleWords: 0));
        Assert.All(plan.Layers.Where(l => l.Step.Kernel is DeformKernel), l => Assert.Equal(SampleAccess.Gather, l.Samples));
        EngineBench.Check(cases, plan, Checked);
    }

    // Offsets at their bounds touch the lowest row that is kept while the highest comes in, see docs/decisions/2026-11-30-deformable-engine.md.
    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public void A_line_buffer_that_is_too_short_is_noticed(bool square, int missing)
    {
        EngineCase[] cases = [Deform(new Draw(23), "short", Depthwise(20), Whole with { Square = square })];
        HlsPlan plan = Planned(cases);
        var command = Assert.IsType<ConvolutionCommand>(Assert.Single(plan.Commands));
        Assert.Equal(2 * 4 + 2, command.RingRows);
        EngineBench.Check(cases, plan);
        int rows = command.RingRows - missing, low = command.Deform.Shape!.Low;
        HlsPlan shorter = plan with { Commands = [command with { RingRows = rows, FirstSlot = (low % rows + rows) % rows }] };
        Assert.ThrowsAny<XunitException>(() => EngineBench.Check(cases, shorter));
    }

    [Fact]
    public void Random_deformable_convolutions_are_exact()
    {
        var draw = new Draw(24);
        var cases = new List<EngineCase>();
        while (cases.Count < 24)
        {
            int kernel = draw.Int(1, 5), width = draw.Int(1, 5), dilation = draw.Int(1, 2), pad = draw.Int(0, kernel), left = draw.Int(0, width);
            int height = draw.Int(1, 20), columns = draw.Int(1, 9), groups = draw.Of(1, 1, 2, 3), offsetGroups = draw.Of(1, 1, 2, 4), inputs = draw.Int(1, 6) * 4;
            if (height + 2 * pad < (kernel - 1) * dilation + 1 || columns + 2 * left < (width - 1) * dilation + 1)
                continue;
            WindowGeometry g = Geometry(
                height, columns, inputs * groups, draw.Int(1, 24) * groups, kernel, draw.Int(1, 3), pad, groups, dilation, draw.Int(1, 2), width, left);
            if (draw.Int(0, 1) == 0)
                g = g with { OutChannels = g.Channels, Groups = g.Channels };
            int fraction = draw.Of(0, 0, 1, 4, 7), reach = draw.Int(1, 3);
            bool square = kernel % 2 == 1 && width % 2 == 1 && draw.Int(0, 2) > 0, wide = draw.Int(0, 2) == 0;
            int most = Math.Min(reach << fraction, wide ? short.MaxValue : sbyte.MaxValue);
            var sampling = new DeformSampling(offsetGroups, square, fraction, -draw.Int(0, most), most);
            EngineCase drawn = Deform(draw, $"deform{cases.Count}", g, sampling, draw.Int(0, 2) == 0, wide, packed: draw.Int(0, 1) == 0, narrowMask: draw.Int(0, 1) == 0);
            if (drawn.Expected.Bytes.ToArray().Distinct().Count() > 16) // where all samples lie outside the image, results are few
                cases.Add(drawn);
        }

        HlsPlan plan = Planned([.. cases]);
        Assert.Equal(2, plan.Layers.Select(l => l.Samples).Distinct().Count());
        EngineBench.Check(cases, plan, Checked);
    }

    // Commands of a layer begin at any word of the channels, amid an offset group.
    [Theory]
    [InlineData(1024)]
    [InlineData(0)]
    public void Layers_are_cut_along_their_channels(int sampleWords)
    {
        var draw = new Draw(25);
        EngineCase[] cases =
        [
            Deform(draw, "square_cut", Depthwise(200, height: 14, width: 10), Whole with { Square = true, OffsetGroups = 5 }),
            Deform(draw, "banked_cut", Depthwise(120, height: 14, width: 13), Sixteenths with { OffsetGroups = 3 }, masked: true),
            Deform(draw, "grouped_cut", Geometry(4, 3, 320, 1280, 3, pad: 1, groups: 2), Whole with { OffsetGroups = 2 }, wide: true),
            Deform(draw, "full_cut", Geometry(4, 4, 500, 520, 3, pad: 1), Sixteenths with { OffsetGroups = 4 }, packed: true),
        ];
        HlsPlan plan = HlsPlanner.Plan(EngineBench.Plan(cases), EngineBench.Board("pynq-z2"), new(SampleWords: sampleWords), "cut.onnx");
        Assert.Equal(sampleWords == 0, plan.Layers.All(l => l.Samples == SampleAccess.Gather));
        Assert.All(plan.Layers, l => Assert.True(l.Commands > 1 || (sampleWords == 0 && l.Step.Index < 2), $"{l.Step.Name} is one command"));
        EngineBench.Check(cases, plan, "-O2");
    }

    private static HlsPlan Planned(EngineCase[] cases, HlsOptions? options = null) =>
        HlsPlanner.Plan(EngineBench.Plan(cases), EngineBench.Board("zcu102"), options ?? new(), "deform.onnx");

    /// <summary>Half of the offsets are drawn from about the bounds' range; half are the bounds themselves, unless those are far outside.</summary>
    internal static EngineCase Deform(Draw draw, string name, WindowGeometry g, DeformSampling s, bool masked = false, bool wide = false, bool packed = false, bool narrowMask = false)
    {
        int taps = g.KernelHeight * g.KernelWidth, inputs = g.Channels / g.Groups;
        Shape pixels = [g.Batch, g.OutHeight, g.OutWidth];
        int near = 9 << s.Fraction; // where bounds are wider than images, most samples are drawn from these
        bool far = s.Hi > near;
        int[] moved = [.. Enumerable.Range(0, (int)pixels.ElementCount * s.Offsets(g)).Select(_ =>
            draw.Int(0, far ? 19 : 3) switch { 0 => (int)s.Lo, 1 => (int)s.Hi, _ => draw.Int(Math.Max((int)s.Lo - 1, -near), Math.Min((int)s.Hi + 1, near)) })];
        Shape shape = [.. pixels, s.Offsets(g)];
        Tensor offsets = wide
            ? Tensor.Of<short>(shape, [.. moved.Select(m => (short)Math.Clamp(m, short.MinValue, short.MaxValue))])
            : Tensor.Of<sbyte>(shape, [.. moved.Select(m => (sbyte)Math.Clamp(m, sbyte.MinValue, sbyte.MaxValue))]);
        Shape factors = [.. pixels, s.OffsetGroups * taps];
        int maskZero = narrowMask ? draw.Of(-128, -128, -100) : 0;
        Tensor mask = narrowMask ? draw.I8(factors)
            : Tensor.Of<short>(factors, [.. Enumerable.Range(0, (int)factors.ElementCount).Select(_ => (short)draw.Int(-20, 300))]);
        Tensor weights = draw.I8([g.OutChannels, g.KernelHeight, g.KernelWidth, inputs]);
        if (packed)
            weights = Tensor.PackI4(weights.Shape, [.. weights.Span<sbyte>().ToArray().Select(w => (sbyte)(w >> 4))]);
        double unit = Math.ScaleB(1, s.Fraction) / (packed ? 16 : 1);
        var kernel = new DeformKernel(
            g, s, masked, weights, draw.Bias(g.OutChannels), draw.Finish(draw.Of(1, g.OutChannels), inputs * taps * unit * unit * 1.5), draw.Int(-60, 60), maskZero);
        ImmutableArray<Tensor> operands = [draw.I8([g.Batch, g.Height, g.Width, g.Channels]), offsets, .. masked ? new[] { mask } : []];
        return new(name, _ => kernel, operands, [.. pixels, g.OutChannels]);
    }
}
