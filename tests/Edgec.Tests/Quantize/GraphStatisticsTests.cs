using System.Collections.Immutable;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Quantize;
using Edgec.Quantize.Calibration;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Quantize;

public sealed class GraphStatisticsTests
{
    private const string Net = """
        graph @t canonical
          const #w : f32[8,3,3,4] = random(1)
          const #b : f32[8] = random(2)
          input %x : f32[1,9,9,4]
          %c = conv(%x, #w, #b) {kernel_shape=[3,3], activation=[0.0,6.0], channels_last=1} : f32[1,7,7,8] ; A
          %y = sigmoid(%c) : f32[1,7,7,8] ; B
          output %y
        """;

    private static readonly Graph Graph = Parse(Net);

    [Theory]
    [MemberData(nameof(CalibratorTests.Names), MemberType = typeof(CalibratorTests))]
    public void The_number_of_threads_does_not_matter(string calibrator)
    {
        var options = new QuantizeOptions(CalibratorTable.Find(calibrator), ClipOutliers: true);
        string[] one = Print(Calibrate(options, 100, threads: 1));
        Assert.Equal(one, Print(Calibrate(options, 100, threads: 7)));
        Assert.Equal(3, one.Length);
    }

    [Fact]
    public void Samples_may_come_in_another_order_where_no_average_moves()
    {
        var options = new QuantizeOptions(new MeanSquareErrorCalibrator());
        // Pairs change places, so that each half keeps its samples.
        Assert.Equal(Print(Calibrate(options, 100)), Print(Calibrate(options, 100, order: i => (i + 40) % 100)));
    }

    [Fact]
    public void Halves_share_no_sample()
    {
        DataSet noise = DataSet.Noise(DataInput.Of(Graph), 5, 1);
        ObservedValue x = GraphStatistics.Collect(Graph, 5, noise.Sample, "t")[0];
        Assert.Equal(("x", 3 * 324L, 2 * 324L, 5L), (x.Name, x.Even.Histogram.Total, x.Odd.Histogram.Total, x.Moving.Samples));
        Assert.Equal(5 * 324, x.All().Histogram.Total);
    }

    [Fact]
    public void A_value_that_jumps_between_samples_has_halves_that_disagree()
    {
        ImmutableArray<CalibratedValue> values = Calibrator.Calibrate(Graph, 64, Jumping, new(), "t");
        Assert.InRange(values[0].Seen!.ScaleRatio!.Value, 5, 7);
        ImmutableArray<CalibratedValue> clipped = Calibrator.Calibrate(Graph, 64, Jumping, new(ClipOutliers: true), "t");
        Assert.True(clipped[0].Range.Hi < values[0].Range.Hi);
        Assert.Equal(values[2].Range, clipped[2].Range);

        static IReadOnlyDictionary<string, Tensor> Jumping(int sample)
        {
            Tensor x = DataSet.Noise(DataInput.Of(Graph), 64, 1).Sample(sample / 2)["x"];
            if (sample % 2 == 1)
                x.Span<float>()[7] = 10 * x.Span<float>().ToArray().Max();
            return new Dictionary<string, Tensor> { ["x"] = x };
        }
    }

    [Fact]
    public void One_sample_has_no_halves()
    {
        DataSet noise = DataSet.Noise(DataInput.Of(Graph), 1, 1);
        Assert.Null(Calibrator.Calibrate(Graph, 1, noise.Sample, new(), "t")[0].Seen!.ScaleRatio);
    }

    [Fact]
    public void An_infinite_value_is_named()
    {
        Graph graph = Parse("""
            graph @t canonical
              input %x : f32[2]
              %y = exp(%x) : f32[2] ; Exp_7
              output %y
            """);
        var sample = new Dictionary<string, Tensor> { ["x"] = Tensor.Of([2], [1f, 1000f]) };
        var problem = Assert.Throws<DiagnosticException>(() => GraphStatistics.Collect(graph, 3, _ => sample, "m.onnx"));
        Diagnostic only = Assert.Single(problem.Diagnostics);
        Assert.Equal(("EC3011", "m.onnx(Exp_7 -> y)"), (only.Code, only.Location));
    }

    [Fact]
    public void What_a_sample_throws_comes_out_as_it_is()
    {
        var empty = new Dictionary<string, Tensor>();
        Assert.Equal("EC7101", Assert.Single(Assert.Throws<DiagnosticException>(() => GraphStatistics.Collect(Graph, 3, _ => empty, "t")).Diagnostics).Code);
    }

    private static ImmutableArray<CalibratedValue> Calibrate(QuantizeOptions options, int samples, int? threads = null, Func<int, int>? order = null)
    {
        DataSet noise = DataSet.Noise(DataInput.Of(Graph), samples, 1);
        return Calibrator.Calibrate(Graph, samples, i => noise.Sample(order?.Invoke(i) ?? i), options, "t", threads: threads);
    }

    private static string[] Print(ImmutableArray<CalibratedValue> values) =>
        [.. values.Select(v => $"{v with { Seen = v.Seen! with { Histogram = [] } }} {string.Join(' ', v.Seen.Histogram)}")];

    private static Graph Parse(string text)
    {
        var diagnostics = new DiagnosticBag();
        Graph? graph = GraphParser.Parse(text, "t", diagnostics);
        diagnostics.ThrowIfErrors();
        return graph!;
    }
}
