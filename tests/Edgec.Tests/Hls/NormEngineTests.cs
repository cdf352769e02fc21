using Edgec.Diagnostics;
using Edgec.Kernels;
using Edgec.Plan.Hls;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Xunit;

namespace Edgec.Tests.Hls;

/// <summary>Normalisation by deviation on the engine against the reference, bit for bit.</summary>
public sealed class NormEngineTests
{
    private const string Checked = "-O1 -fsanitize=undefined -fno-sanitize-recover=undefined";

    [Fact]
    public void Rows_and_groups_are_exact_wherever_they_lie()
    {
        var draw = new Draw(51);
        EngineCase[] cases =
        [
            Norm(draw, "tokens", [1, 9, 48], new(9, 1, 1, 48)),
            Norm(draw, "odd_tokens", [2, 7, 37], new(14, 1, 1, 37)),
            Norm(draw, "one_word", [33, 5], new(33, 1, 1, 5)),
            Norm(draw, "two_axes", [6, 4, 21], new(6, 1, 1, 84)),
            Norm(draw, "image", [2, 5, 6, 40], new(2, 30, 1, 40)),
            Norm(draw, "image_odd", [1, 7, 7, 19], new(1, 49, 1, 19)),
            Norm(draw, "groups", [2, 3, 4, 40], new(2, 12, 5, 8)),
            Norm(draw, "wide_groups", [2, 3, 4, 54], new(2, 12, 2, 27)),
            Norm(draw, "instances", [2, 4, 5, 21], new(2, 20, 21, 1)),
            Norm(draw, "instances_first", [2, 6, 45], new(2, 1, 6, 45)),
            Norm(draw, "storage_rows", [3, 4, 2, 3, 20], new(3, 4, 2, 60)),
            Norm(draw, "groups_of_one_position", [6, 32], new(6, 1, 4, 8)),
            Norm(draw, "roots", [11, 50], new(11, 1, 1, 50), centered: false),
            Norm(draw, "root_groups", [2, 9, 24], new(2, 9, 3, 8), centered: false),
            Norm(draw, "quiet", [40, 24], new(40, 1, 1, 24), spread: 1),
        ];
        HlsPlan plan = HlsPlanner.Plan(EngineBench.Plan(cases), EngineBench.Board("ultra96"), new(), "norms.onnx");
        Assert.Equal(
            ["groups", "wide_groups", "instances", "groups_of_one_position", "root_groups"],
            plan.Commands.OfType<NormCommand>().Where(c => c.Layout.InLanes).Select(c => cases[c.Layer].Name));
        EngineBench.Check(cases, plan, Checked);
    }

    [Fact]
    public void Random_rows_are_exact()
    {
        var draw = new Draw(52);
        var cases = new List<EngineCase>();
        while (cases.Count < 30)
        {
            int outer = draw.Int(1, 6), length = draw.Of(1, 1, draw.Int(2, 20)), groups = draw.Of(1, 1, draw.Int(2, 5)), channels = draw.Int(1, 70);
            if (length * channels < 4)
                continue;
            Shape shape = draw.Of<Shape>([outer, length, groups * channels], [outer, length, groups, channels]);
            cases.Add(Norm(draw, $"norm{cases.Count}", shape, new(outer, length, groups, channels), draw.Of(true, true, false), draw.Of(255, 255, 30)));
        }

        EngineBench.Check(cases, board: "pynq-z2", flags: Checked);
    }

    [Fact]
    public void Rows_beyond_the_chip_are_read_twice()
    {
        EngineCase[] cases =
        [
            Norm(new(53), "large", [1, 70, 60, 20], new(1, 4200, 1, 20)),
            Norm(new(54), "large_instances", [1, 100, 90, 3], new(1, 9000, 3, 1)),
            Norm(new(55), "small", [3, 20], new(3, 1, 1, 20)),
        ];
        HlsPlan plan = HlsPlanner.Plan(EngineBench.Plan(cases), EngineBench.Board("ultra96"), new(), "large.onnx");
        Assert.Equal([false, false, true], plan.Commands.OfType<NormCommand>().Select(c => c.Held));
        Assert.Equal(3 * 8400 + 2 * 6, plan.Layers[0].Cost.Words);
        EngineBench.Check(cases, plan, Checked);
    }

    [Fact]
    public void A_word_costs_an_interval_and_rows_cost_nothing_more()
    {
        EngineCase[] cases = [Norm(new(56), "tokens", [1, 197, 192], new(197, 1, 1, 192))];
        HlsPlan plan = HlsPlanner.Plan(EngineBench.Plan(cases), EngineBench.Board("ultra96"), new(), "tokens.onnx");
        HlsLayer layer = Assert.Single(plan.Layers);
        int interval = plan.Configuration.RowInterval;
        Assert.Equal(HlsCost.CommandOverhead + 12 * 6 + 12 + NormCost.Factors + 197 * 12 * interval, layer.Cost.Cycles);
        Assert.Equal(2 * 197 * 12 + 12 * 6, layer.Cost.Words);
        Assert.Equal(new NormSizes(12, 12, 0), plan.Configuration.Norm);
        Assert.Equal(2 + 12, NormCost.Bram36(plan.Configuration.Norm));
        Assert.Equal(0, NormCost.Dsp(NormSizes.None, 1));
    }

    [Fact]
    public void Groups_that_cut_across_storage_are_refused_by_name()
    {
        EngineCase odd = Norm(new(57), "odd", [2, 4, 30], new(2, 4, 2, 15)) with { Result = [2, 5, 24] };
        EngineCase cut = odd with { Operands = [odd.Operands[0].Reshape([2, 5, 24])] };
        var fault = Assert.Throws<DiagnosticException>(() => HlsPlanner.Plan(EngineBench.Plan([cut]), EngineBench.Board("ultra96"), new(), "t.onnx"));
        Assert.Contains(fault.Diagnostics, d => d.Code == "EC4103" && d.Location.Contains("odd", StringComparison.Ordinal));
    }

    /// <summary>Gains and biases around those of a real layer: results use the range of 8 bits.</summary>
    private static EngineCase Norm(Draw draw, string name, Shape shape, GroupGeometry g, bool centered = true, int spread = 255)
    {
        const int Guard = 8, Fraction = 6;
        int zero = draw.Int(-40, 40), middle = draw.Int(-20, 20), half = spread / 2;
        var step = new IntegerLayerNormStep(
            centered, draw.Int(-20, 20), Guard, draw.Of(1, 5000), Gains(), Biases(), Fraction, zero, draw.Of(-128, -100), draw.Of(127, 90));
        return new(name, new GroupNormKernel(step, g), draw.I8(shape, Math.Max(-128, middle - half - 1), Math.Min(127, middle + half)), shape);

        // Not centred, a distance over the root of the sum of squares, so √count times less.
        Tensor Gains()
        {
            double unit = 35 * 64 * (centered ? 1 : Math.Sqrt(g.Count));
            return Tensor.Of([g.Pitch], [.. Enumerable.Range(0, g.Pitch).Select(_ => (short)Math.Clamp(unit * draw.Int(-20, 20) / 16, -32768, 32767))]);
        }

        Tensor Biases() => Tensor.Of([g.Pitch], [.. Enumerable.Range(0, g.Pitch).Select(_ => draw.Int(-6000, 6000))]);
    }
}
