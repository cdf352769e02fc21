using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Plan.Hls;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Edgec.Tests.Ops;
using Xunit;

namespace Edgec.Tests.Hls;

/// <summary>Interpolation on the engine against the reference, bit for bit.</summary>
public sealed class ResampleEngineTests
{
    private const string Checked = "-O1 -fsanitize=undefined -fno-sanitize-recover=undefined";

    [Fact]
    public void All_modes_are_exact_up_and_down()
    {
        var draw = new Draw(31);
        var cases = new List<EngineCase>();
        foreach (string mode in new[] { "linear", "cubic" })
        {
            foreach (string transformation in new[] { "half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners" })
            {
                foreach ((int height, int width) in ((int, int)[])[(14, 15), (29, 9), (5, 3), (13, 4), (7, 11), (9, 5)])
                {
                    int channels = draw.Of(3, 16, 20, 33);
                    cases.Add(Resize(draw, $"{mode}_{transformation}_{height}_{width}", mode, transformation, [1, 7, 5, channels], [1, height, width, channels]));
                }
            }
        }

        HlsPlan plan = HlsPlanner.Plan(EngineBench.Plan(cases), EngineBench.Board("ultra96"), new(), "resample.onnx");
        Assert.Equal(48, plan.Commands.OfType<ResampleCommand>().Count());
        EngineBench.Check(cases, plan, Checked);
    }

    [Fact]
    public void Every_place_of_the_axes_is_exact()
    {
        var draw = new Draw(32);
        EngineCase[] cases =
        [
            Resize(draw, "images", "linear", "half_pixel", [3, 5, 6, 20], [3, 8, 9, 20]),
            Resize(draw, "along", "linear", "align_corners", [2, 3, 7, 19], [2, 3, 11, 40]),
            Resize(draw, "along_down", "cubic", "half_pixel", [1, 4, 9, 50], [1, 4, 6, 17]),
            Resize(draw, "last", "linear", "half_pixel", [2, 3, 21], [2, 3, 50]),
            Resize(draw, "first", "cubic", "asymmetric", [5, 4, 3, 18], [8, 4, 3, 18]),
            Resize(draw, "middle", "linear", "half_pixel", [2, 9, 35], [2, 5, 35]),
            Resize(draw, "rows_only", "linear", "align_corners", [1, 1, 6, 37], [1, 1, 10, 37]),
            Resize(draw, "one_lane", "linear", "align_corners", [1, 6, 7, 1], [1, 9, 13, 1]),
            Random(draw, "any_order", new(2, 5, 4, 70, 7, 9, 2, 3)),
            Random(draw, "any_order_along", new(3, 6, 18, 1, 11, 33, 4, 3)),
        ];
        HlsPlan plan = HlsPlanner.Plan(EngineBench.Plan(cases), EngineBench.Board("pynq-z2"), new(), "resample.onnx");
        Assert.Equal(["along", "along_down", "last", "any_order_along"], plan.Commands.OfType<ResampleCommand>().Where(c => c.Layout.Along).Select(c => cases[c.Layer].Name));
        EngineBench.Check(cases, plan, Checked);
    }

    [Fact]
    public void Lines_beyond_the_buffer_are_cut_by_words()
    {
        EngineCase[] cases = [Resize(new(33), "wide", "cubic", "half_pixel", [1, 5, 100, 200], [1, 8, 90, 200])];
        HlsPlan plan = HlsPlanner.Plan(EngineBench.Plan(cases), EngineBench.Board("ultra96"), new(), "cut.onnx");
        ResampleCommand[] commands = [.. plan.Commands.OfType<ResampleCommand>()];
        Assert.Equal([10, 3], commands.Select(c => c.Words)); // 4096 / (4 taps · 100 pixels) words of 13
        Assert.Equal(4000, plan.Configuration.Resample.LineWords);
        EngineBench.Check(cases, plan, Checked);
    }

    [Fact]
    public void A_row_costs_its_taps_and_each_line_is_read_once()
    {
        EngineCase[] cases = [Resize(new(34), "up", "linear", "align_corners", [1, 33, 33, 21], [1, 257, 257, 21])];
        HlsPlan plan = HlsPlanner.Plan(EngineBench.Plan(cases), EngineBench.Board("ultra96"), new(), "up.onnx");
        HlsLayer layer = Assert.Single(plan.Layers);
        const long Line = 33 * 2, Columns = 257 * 2;
        Assert.Equal(HlsCost.CommandOverhead + Columns + 33 * (Line + HlsCost.RowOverhead) + 257 * (2 + 257 * 2 * 4 + 2 * HlsCost.RowOverhead), layer.Cost.Cycles);
        Assert.Equal(Columns + 33 * Line + 257 * 2 + 257 * 257 * 2, layer.Cost.Words);
        Assert.Equal(new ResampleSizes(132, 514, 2), plan.Configuration.Resample);
        Assert.Equal(2 + 1 + 1, ResampleCost.Bram36(plan.Configuration.Resample));
        Assert.Equal(0, ResampleCost.Dsp(ResampleSizes.None, 1));
    }

    [Fact]
    public void Storage_that_axes_cut_across_is_refused_by_name()
    {
        EngineCase c = Random(new(35), "odd", new(1, 4, 6, 1, 8, 9, 2, 2));
        EngineCase cut = c with { Operands = [c.Operands[0].Reshape([2, 12])], Result = [8, 9] };
        var fault = Assert.Throws<DiagnosticException>(() => HlsPlanner.Plan(EngineBench.Plan([cut]), EngineBench.Board("ultra96"), new(), "t.onnx"));
        Assert.Contains(fault.Diagnostics, d => d.Code == "EC4103" && d.Location.Contains("odd", StringComparison.Ordinal));
    }

    [Fact]
    public void Weights_whose_sums_leave_32_bits_are_refused_by_name()
    {
        EngineCase c = Random(new(36), "loud", new(1, 4, 6, 5, 8, 9, 2, 2));
        var kernel = (ResampleKernel)c.Kernel(1);
        EngineCase loud = c with { Kernel = _ => kernel with { RowWeights = Tensor.Of([8, 2], Enumerable.Repeat((short)30000, 16).ToArray()) } };
        var fault = Assert.Throws<DiagnosticException>(() => HlsPlanner.Plan(EngineBench.Plan([loud]), EngineBench.Board("ultra96"), new(), "t.onnx"));
        Assert.Equal("EC4105", Assert.Single(fault.Diagnostics).Code);
    }

    private static EngineCase Resize(Draw draw, string name, string mode, string transformation, Shape source, Shape result)
    {
        var op = new Resize(ResizeSampling.Legacy(mode) with { Transformation = transformation }, [], [.. result], [], [], "stretch", false);
        Tensor image = draw.I8(source);
        var node = new QuantizedNode(op, [(image, Quantization.PerTensor(0.05, draw.Int(-40, 40)))], Quantization.PerTensor(0.043, draw.Int(-20, 20)));
        return new(name, node.Kernel(), image, result);
    }

    // Starts as they come, so that lines are dropped and read again.
    private static EngineCase Random(Draw draw, string name, ResampleGeometry g)
    {
        var kernel = new ResampleKernel(
            g, Starts(g.OutHeight, g.Height - g.RowTaps), Weights(g.OutHeight, g.RowTaps), Starts(g.OutWidth, g.Width - g.ColumnTaps), Weights(g.OutWidth, g.ColumnTaps),
            FixedPoint.Finish([1e-5 / g.RowTaps / g.ColumnTaps], draw.Int(-9, 9), -128, 127)!, draw.Int(-128, 127));
        Shape source = g.Inner == 1 ? [g.Outer, g.Height, g.Width] : [g.Outer, g.Height, g.Width, g.Inner];
        Shape result = g.Inner == 1 ? [g.Outer, g.OutHeight, g.OutWidth] : [g.Outer, g.OutHeight, g.OutWidth, g.Inner];
        return new(name, kernel, draw.I8(source), result);

        Tensor Starts(int count, int most) => Tensor.Of([count], [.. Enumerable.Range(0, count).Select(_ => draw.Int(0, most))]);

        Tensor Weights(int count, int taps) => Tensor.Of([count, taps], [.. Enumerable.Range(0, count * taps).Select(_ => (short)draw.Int(-200, 600))]);
    }
}
