using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Kernels;
using Edgec.Plan.Hls;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Xunit;

namespace Edgec.Tests.Hls;

/// <summary>Mixtures of experts on the engines against the reference.</summary>
public sealed class ExpertEngineTests
{
    [Theory]
    [InlineData("ultra96", false)]
    [InlineData("ultra96", true)]
    [InlineData("pynq-z2", false)]
    public void Rows_meet_their_experts(string board, bool packed)
    {
        var draw = new Draw(packed ? 41 : 40);
        EngineBench.Check(
            [
                Case(draw, "one", new(1, 1, 1, 16, 16, false, true), ElementType.I64, packed),
                Case(draw, "plain", new(13, 2, 5, 48, 40, false, true), ElementType.I64, packed),
                Case(draw, "rows", new(13, 3, 4, 20, 50, true, true), ElementType.I32, packed),
                Case(draw, "few", new(2, 2, 24, 33, 17, false, true), ElementType.I64, packed),
                Case(draw, "many", new(70, 2, 3, 7, 10, true, true), ElementType.I32, packed),
                draw.Matmul("between", 1, 5, 30, 20),
                Case(draw, "wide", new(9, 1, 2, 100, 300, false, true), ElementType.I64, packed),
            ], board);
    }

    [Theory]
    [InlineData("ultra96", RoundingProfile.Single)]
    [InlineData("ultra96", RoundingProfile.Onnx)]
    [InlineData("pynq-z2", RoundingProfile.Tflite)]
    public void Scores_weigh_rows_in_one_command(string board, RoundingProfile profile)
    {
        var draw = new Draw(45);
        EngineCase[] cases = [Mix("two", 20, 2, 40), Mix("one", 3, 1, 16), Mix("sixteen", 5, 16, 9), Mix("narrow", 7, 3, 1)];
        HlsPlan plan = HlsPlanner.Plan(EngineBench.Plan(cases) with { Rounding = profile }, EngineBench.Board(board), new(), "mix.onnx");
        Assert.Equal([MapOperation.Mix, MapOperation.Mix, MapOperation.Mix, MapOperation.Mix], plan.Commands.Cast<MapCommand>().Select(c => c.Operation));
        EngineBench.Check(cases, plan);

        EngineCase Mix(string name, int rows, int choices, int columns)
        {
            var g = new MatmulGeometry(rows, 1, choices, columns, false, false, false);
            IntegerFinish finish = FixedPoint.Finish([0.8 / (255 * Math.Sqrt(choices))], draw.Int(-40, 40), -128, 127, profile)!;
            var kernel = new MatmulKernel(g, null, null, finish, draw.Int(-128, 127), draw.Int(-20, 20));
            return new(name, _ => kernel, [draw.I8([rows, 1, choices]), draw.I8([rows, choices, columns])], [rows, 1, columns]);
        }
    }

    [Fact]
    public void Deformable_convolutions_stand_beside_them()
    {
        var draw = new Draw(42);
        WindowGeometry g = Draw.Geometry(6, 7, 20, 18, kernel: 3, pad: 1);
        var deform = new DeformKernel(g, new DeformSampling(1, false, 2, -8, 8), false, draw.I8([18, 3, 3, 20]), draw.Bias(18), draw.Finish(18, 180 * 16), draw.Int(-20, 20));
        EngineBench.Check(
            [
                new("deform", _ => deform, [draw.I8([1, 6, 7, 20]), draw.I8([1, 6, 7, 18], -20, 20)], [1, 6, 7, 18]),
                Case(draw, "plain", new(13, 2, 5, 48, 40, false, true), ElementType.I64, packed: false),
            ]);
    }

    [Fact]
    public void Weights_are_stored_once_for_each_expert_and_estimated_once()
    {
        var draw = new Draw(43);
        var g = new ExpertGeometry(64, 2, 8, 64, 64, false, true);
        HlsPlan plan = HlsPlanner.Plan(EngineBench.Plan([Case(draw, "layer", g, ElementType.I64, packed: false)]), EngineBench.Board("ultra96"), new(), "experts.onnx");
        Assert.Single(plan.Commands.OfType<QueueCommand>());
        ConvolutionCommand[] products = [.. plan.Commands.OfType<ConvolutionCommand>()];
        Assert.Equal(Enumerable.Range(0, 8), products.Select(c => c.Expert).Distinct());
        Assert.True(products.Zip(products.Skip(1)).All(pair => pair.First.Parameters < pair.Second.Parameters));
        long weights = products.Sum(c => (long)c.WeightWords) * EngineConfiguration.Lanes;
        Assert.Equal(8 * 64 * 64, weights);
        // Rows and results once, weights once, parameters a word an output; an index a row.
        Assert.Equal((64 * 2 * (64 + 64) + weights) / 16 + 8 * 64 + 128, plan.Layers[0].Cost.Words);
    }

    [Fact]
    public void Row_by_row_is_refused()
    {
        var draw = new Draw(44);
        EngineCase c = Case(draw, "layer", new(4, 2, 3, 16, 16, false, ByExpert: false), ElementType.I64, packed: false);
        DiagnosticException fault = Assert.Throws<DiagnosticException>(() => HlsPlanner.Plan(EngineBench.Plan([c]), EngineBench.Board("ultra96"), new(), "experts.onnx"));
        Assert.Equal("EC4119", fault.Diagnostics[0].Code);
    }

    internal static EngineCase Case(Draw draw, string name, ExpertGeometry g, ElementType index, bool packed)
    {
        int channels = g.Experts * g.Columns;
        Tensor weights = draw.I8([channels, g.Inner], packed ? -8 : -127, packed ? 7 : 127);
        packed = packed && g.Columns * g.Inner % 2 == 0;
        IntegerFinish finish = draw.Finish(draw.Of(1, channels), packed ? g.Inner / 260.0 : g.Inner);
        var kernel = new ExpertMatmulKernel(g, packed ? Tensor.PackI4(weights.Shape, weights.Span<sbyte>()) : weights, draw.Bias(channels), finish, index, draw.Int(-128, 127));
        // Some out of range, and few of the upper half.
        long[] chosen = [.. Enumerable.Range(0, g.ResultRows).Select(i => (long)(i % 5 == 3 ? draw.Int(-2 * g.Experts, 2 * g.Experts) : draw.Int(0, (g.Experts - 1) / 2)))];
        Tensor indices = index == ElementType.I64 ? Tensor.Of([g.Rows, g.Choices], chosen) : Tensor.Of([g.Rows, g.Choices], [.. chosen.Select(i => (int)i)]);
        ImmutableArray<Tensor> operands = [draw.I8(g.RowPerChoice ? [g.Rows, g.Choices, g.Inner] : [g.Rows, g.Inner]), indices];
        return new(name, _ => kernel, operands, [g.Rows, g.Choices, g.Columns]);
    }
}
