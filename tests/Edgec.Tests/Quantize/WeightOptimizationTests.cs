using CsCheck;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ir.Text;
using Edgec.Ops;
using Edgec.Quantize;
using Edgec.Quantize.Precision;
using Edgec.Quantize.Weights;
using Edgec.Runtime;
using Edgec.Tests.Kernels;
using Xunit;

namespace Edgec.Tests.Quantize;

/// <summary>The steps that choose integers of weights from data, each against what it promises.</summary>
public sealed class WeightOptimizationTests
{
    private const int Inner = 6;
    private const int Highest = 7;

    // Rows of inputs that depend on one another, all with a mean.
    private static readonly Gen<(float[] Weights, float[][] Rows)> Layers = Gen.Select(
        Gen.Float[-1, 1].Array[Inner], Gen.Float[-1, 1].Array[Inner].Array[3, 8], Gen.Float[0, 1],
        (weights, rows, mean) => (weights, rows.Select(row => row.Select((x, i) => mean + x + row[(i + 1) % Inner]).ToArray()).ToArray()));

    [Fact]
    public void Rounding_together_is_never_worse_than_to_nearest_and_mostly_better()
    {
        double together = 0, apart = 0, best = 0;
        var random = new Random(1);
        for (int i = 0; i < 200; i++)
        {
            float[] weights = [.. Enumerable.Range(0, Inner).Select(_ => random.NextSingle() * 2 - 1)];
            float[][] rows = [.. Enumerable.Range(0, 8).Select(_ => Dependent(random))];
            double[] moment = Statistics(rows).SecondMoment(0, centered: false), damped = Damped(moment);
            double scale = weights.Max(Math.Abs) / Highest;
            sbyte[] rounded = new AdaptiveRounding(moment, Inner).Round(weights, Same(scale), Highest);
            var nearest = new sbyte[Inner];
            Scales.RoundWeights(weights, Same(scale), Highest, nearest);
            Assert.All(rounded, q => Assert.InRange(q, -Highest, Highest));
            double a = Error(weights, rounded, scale, damped), b = Error(weights, nearest, scale, damped);
            Assert.True(a <= b + 1e-12);
            (together, apart, best) = (together + a, apart + b, best + Best(weights, scale, damped));
        }

        // Best is over all ways to round up or down; rounding together may also go further.
        Assert.True(together < 0.5 * apart && together < 1.25 * best, $"errors {together} together, {apart} to nearest, {best} at best");
    }

    [Fact]
    public void No_single_weight_can_be_changed_for_the_better() => Layers.Sample(
        layer =>
        {
            double[] moment = Statistics(layer.Rows).SecondMoment(0, centered: false), damped = Damped(moment);
            double scale = layer.Weights.Max(Math.Abs) / Highest + 1e-9;
            sbyte[] rounded = new AdaptiveRounding(moment, Inner).Round(layer.Weights, Same(scale), Highest);
            double least = Error(layer.Weights, rounded, scale, damped);
            for (int i = 0; i < Inner; i++)
            {
                foreach (int step in (int[])[-1, 1])
                {
                    sbyte[] other = [.. rounded];
                    other[i] = (sbyte)Math.Clamp(other[i] + step, -Highest, Highest);
                    Assert.True(Error(layer.Weights, other, scale, damped) >= least * (1 - 1e-9) - 1e-15);
                }
            }
        },
        iter: 200, threads: 1);

    [Fact]
    public void A_searched_scale_is_no_worse_than_the_full_one() => Layers.Sample(
        layer =>
        {
            double[] moment = Statistics(layer.Rows).SecondMoment(0, centered: false);
            double[] diagonal = [.. Enumerable.Range(0, Inner).Select(i => moment[i * Inner + i])];
            double full = Scales.Single(layer.Weights.Max(Math.Abs) / Highest + 1e-9), scale = ClipSearch.Scale(layer.Weights, diagonal, full, least: 0, Highest);
            Assert.InRange(scale, (0.3 - 1e-7) * full, full);
            Assert.True(Weighted(scale) <= Weighted(full));
            Assert.Equal(2 * full, ClipSearch.Scale(layer.Weights, diagonal, full, least: 2 * full, Highest));

            double Weighted(double s) => layer.Weights.Select((w, i) => diagonal[i] * Math.Pow(w - s * Math.Clamp(Math.Round(w / s), -Highest, Highest), 2)).Sum();
        },
        threads: 1);

    [Fact]
    public void Moments_are_those_of_the_rows()
    {
        float[][] rows = [[1, 2, 0, 0, 0, 1], [3, -2, 0, 1, 0, 1]];
        LayerStatistics statistics = Statistics(rows);
        Assert.Equal([2, 0, 0, 0.5, 0, 1], statistics.Mean(0));
        Assert.Equal([5, -2, 0, 1.5, 0, 2], statistics.SecondMoment(0, centered: false)[..Inner]);
        Assert.Equal([1, -2, 0, 0.5, 0, 0], statistics.SecondMoment(0, centered: true)[..Inner]);
    }

    [Fact]
    public void Statistics_see_the_rows_that_weights_meet()
    {
        // One 2x1 window over a column of three pixels and one of padding; the dense layer sees its input whole.
        Graph graph = Parse("""
            graph @t canonical
              input %x : f32[1,3,1,1]
              %c = conv(%x, #w) {kernel_shape=[2,1], pads=[0,0,1,0], channels_last=1} : f32[1,3,1,1]
              %r = reshape(%c) {shape=[1,3]} : f32[1,3]
              %y = matmul(%r, #v) {transpose_b=1} : f32[1,1]
              output %y
              const #w : f32[1,2,1,1] = [1.0,0.0]
              const #v : f32[1,3] = [1.0,1.0,1.0]
            """);
        WeightedLayer[] layers = [.. graph.Nodes.Select(node => WeightedLayer.Of(graph, node)).OfType<WeightedLayer>()];
        var sample = new Dictionary<string, Tensor> { ["x"] = Tensor.Of<float>([1, 3, 1, 1], [1, 2, 3]) };
        Dictionary<Node, LayerStatistics> seen = StatisticsCollector.Collect(graph, layers, () => [sample, sample], 2);
        Assert.Equal([2, 5.0 / 3], seen[layers[0].Node].Mean(0), Near);
        Assert.Equal([14.0 / 3, 8.0 / 3, 8.0 / 3, 13.0 / 3], seen[layers[0].Node].SecondMoment(0, false), Near);
        Assert.Equal([1, 2, 3], seen[layers[1].Node].Mean(0), Near);
    }

    // An index counts from the end if it is negative, and one out of range is the nearest end.
    [Fact]
    public void Experts_see_the_rows_that_name_them()
    {
        Graph graph = Parse("""
            graph @t canonical
              input %x : f32[5,2]
              input %i : i64[5,1]
              %y = expert-matmul(%x, #w, _, %i) {experts=3} : f32[5,1,1]
              output %y
              const #w : f32[3,2] = [1.0,0.0,1.0,0.0,1.0,0.0]
            """);
        WeightedLayer layer = Assert.IsType<WeightedLayer>(WeightedLayer.Of(graph, graph.Nodes[0]));
        int[][]? rows = layer.RowsOfGroups(Tensor.Zeros(ElementType.F32, [5, 2]), Tensor.Of<long>([5, 1], [-1, 0, -2, 7, -9]));
        Assert.Equal([[1, 4], [2], [0, 3]], rows!);
    }

    [Fact]
    public void A_corrected_bias_keeps_the_mean_of_the_results() => Layers.Sample(
        layer =>
        {
            double scale = 0.4;
            var integers = new sbyte[Inner];
            Scales.RoundWeights(layer.Weights, Same(scale), Highest, integers);
            double shift = BiasCorrection.Shift(layer.Weights, integers, Same(scale), Statistics(layer.Rows).Mean(0));
            double exact = layer.Rows.Average(row => row.Select((x, i) => x * (double)layer.Weights[i]).Sum());
            double rounded = layer.Rows.Average(row => row.Select((x, i) => x * scale * integers[i]).Sum());
            Assert.Equal(exact, rounded + shift, 1e-4);
        },
        threads: 1);

    [Fact]
    public void Equalizing_keeps_the_network_and_evens_the_ranges()
    {
        Graph graph = Parse("""
            graph @t canonical
              input %x : f32[1,5,5,2]
              %a = conv(%x, #wa, #ba) {kernel_shape=[1,1], channels_last=1, activation=[0.0,inf]} : f32[1,5,5,3]
              %d = conv(%a, #wd) {kernel_shape=[3,3], pads=[1,1,1,1], group=3, channels_last=1} : f32[1,5,5,3]
              %p = max-pool(%d) {kernel_shape=[2,2], channels_last=1} : f32[1,4,4,3]
              %y = conv(%p, #wy) {kernel_shape=[1,1], channels_last=1} : f32[1,4,4,2]
              output %y
              const #wa : f32[3,1,1,2] = [10.0,0.5,-0.1,0.025,1.0,1.0]
              const #ba : f32[3] = [1.0,0.01,-1.0]
              const #wd : f32[3,3,3,1] = random(1)
              const #wy : f32[2,1,1,3] = [0.01,8.0,1.0,0.02,-4.0,0.5]
            """);
        Graph equalized = Equalization.Run(graph);
        Passes.RandomInputs.AssertSameAnswer(graph, equalized);
        Assert.Same(graph.Constants["wa"], graph.Constants["wa"]);
        Assert.Equal(10f, graph.Constants["wa"].Span<float>()[0]); // the old graph's weights are as they were
        double[] before = Columns(graph), behind = Columns(equalized);
        Assert.True(behind.Max() / behind.Min() < before.Max() / before.Min() / 10);

        double[] Columns(Graph g) => [.. Enumerable.Range(0, 3).Select(c => Math.Max(Math.Abs(g.Constants["wy"].Span<float>()[c]), Math.Abs(g.Constants["wy"].Span<float>()[c + 3])))];
    }

    [Fact]
    public void A_network_with_data_is_nearer_its_float_self()
    {
        Graph graph = Parse("""
            graph @t canonical
              input %x : f32[8,16]
              %h = matmul(%x, #w) {transpose_b=1, activation=[0.0,inf]} : f32[8,24]
              %y = matmul(%h, #v) {transpose_b=1} : f32[8,4]
              output %y
              const #w : f32[24,16] = random(1)
              const #v : f32[4,24] = random(2)
            """);
        var random = new Random(1);
        Dictionary<string, Tensor>[] samples = [.. Enumerable.Range(0, 16).Select(_ => new Dictionary<string, Tensor> { ["x"] = Mixed(random) })];
        double[] noise = Noise(graph, samples);
        Assert.True(noise[1] < 0.65 * noise[0], $"noise {noise[0]} to nearest, {noise[1]} with data");
    }

    // To the nearest integers, and to those of the usual steps.
    private static double[] Noise(Graph graph, Dictionary<string, Tensor>[] samples)
    {
        Dictionary<string, ValueRange> ranges = Calibrator.Calibrate(graph, samples, new(), "t");
        var plan = new PrecisionPlan(LayerPrecision.W4A8, LayerPrecision.W4A8, []);
        PrecisionAssignment precision = PrecisionAssignment.Of(plan, graph, new DiagnosticBag(), "t");
        return [.. new[] { WeightOptimization.None, WeightOptimization.Usual }.Select(steps =>
        {
            var weights = WeightQuantizer.Prepare(graph, precision, steps, () => samples, samples.Length);
            Graph typed = Quantizer.Quantize(graph, ranges, plan, new DiagnosticBag(), "t", weights);
            Edgec.Plan.ModelPlan planned = Edgec.Plan.Planner.Plan(typed, new(), "t");
            return samples.Sum(sample => Distance(GraphEvaluator.Evaluate(graph, sample)["y"], Edgec.Evaluate.Evaluator.Run(planned, sample)["y"]));
        })];
    }

    private const string Experts = """
        graph @t canonical
          input %x : f32[8,6]
          %l = matmul(%x, #g) {transpose_b=1} : f32[8,3]
          %i = ranked-indices(%l) {axis=1, k=2} : i64[8,2]
          %h = expert-matmul(%x, #w, #b, %i) {experts=3, activation=[0.0,inf]} : f32[8,2,4]
          %y = expert-matmul(%h, #v, _, %i) {experts=3} : f32[8,2,5]
          output %y
          const #g : f32[3,6] = random(1)
          const #w : f32[12,6] = random(2)
          const #b : f32[12] = random(3)
          const #v : f32[15,4] = random(4)
        """;

    [Fact]
    public void Statistics_of_experts_are_of_the_rows_that_choose_them()
    {
        Graph graph = Parse("""
            graph @t canonical
              input %x : f32[3,2]
              input %i : i64[3,2]
              %h = expert-matmul(%x, #w, _, %i) {experts=3} : f32[3,2,1]
              %y = expert-matmul(%h, #v, _, %i) {experts=3} : f32[3,2,1]
              output %y
              const #w : f32[3,2] = [1.0,0.0,0.0,1.0,1.0,1.0]
              const #v : f32[3,1] = [1.0,1.0,1.0]
            """);
        WeightedLayer[] layers = [.. graph.Nodes.Select(node => WeightedLayer.Of(graph, node)).OfType<WeightedLayer>()];
        var sample = new Dictionary<string, Tensor> { ["x"] = Tensor.Of<float>([3, 2], [1, 2, 3, 4, 5, 8]), ["i"] = Tensor.Of<long>([3, 2], [0, 1, 1, 0, 1, 1]) };
        Dictionary<Node, LayerStatistics> seen = StatisticsCollector.Collect(graph, layers, () => [sample, sample], 2);
        Assert.Equal([2, 3], seen[layers[0].Node].Mean(0), Near); // rows 0 and 1
        Assert.Equal([3.5, 5.5], seen[layers[0].Node].Mean(1), Near); // rows 0, 1 and 2 twice
        Assert.Equal([0, 0], seen[layers[0].Node].Mean(2), Near);
        Assert.Equal([2], seen[layers[1].Node].Mean(0), Near); // x0 of rows 0 and 1
        Assert.Equal([(2 + 4 + 8 + 8) / 4.0], seen[layers[1].Node].Mean(1), Near);
    }

    [Fact]
    public void Experts_with_data_are_nearer_their_float_selves()
    {
        Graph graph = Parse(Experts);
        var random = new Random(1);
        Dictionary<string, Tensor>[] samples = [.. Enumerable.Range(0, 64).Select(_ => new Dictionary<string, Tensor>
        {
            ["x"] = Tensor.Of<float>([8, 6], [.. Enumerable.Range(0, 8).SelectMany(_ => Dependent(random))]),
        })];
        double[] noise = Noise(graph, samples);
        Assert.True(noise[1] < 0.75 * noise[0], $"noise {noise[0]} to nearest, {noise[1]} with data");
    }

    [Fact]
    public void Equalizing_experts_keeps_the_network()
    {
        Graph graph = Parse(Experts), equalized = Equalization.Run(graph);
        Assert.NotSame(graph, equalized);
        Passes.RandomInputs.AssertSameAnswer(graph, equalized);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("clip")]
    [InlineData("equalize,clip,round,bias")]
    public void Steps_are_read_as_printed(string text) => Assert.Equal(text, WeightOptimization.Parse(text)!.ToString());

    [Fact]
    public void Unknown_steps_are_none_at_all()
    {
        Assert.Null(WeightOptimization.Parse("clip,,round"));
        Assert.Null(WeightOptimization.Parse("adaround"));
        Assert.Equal(new(true, true, true, true), WeightOptimization.Parse("all"));
    }

    [Fact]
    public void Group_scales_grow_by_less_than_the_bound_and_clip_nothing() => Gen.Double[1e-6, 1].Array[1, 9].Sample(groups =>
    {
        RowScales scales = RowScales.Grouped(groups, size: 2, inner: 2 * groups.Length, least: 0);
        for (int i = 0; i < groups.Length; i++)
        {
            Assert.InRange(scales.Multipliers[i], 1, 255);
            Assert.InRange(scales.Weights[2 * i], groups[i] * (1 - 1e-9), groups[i] + groups.Max() / 255 * (1 + 1e-4));
            Assert.Equal(scales.Channel * scales.Multipliers[i], scales.Weights[2 * i + 1]);
        }

        Assert.Equal(groups.Max() * 4, RowScales.Grouped(groups, 2, 2 * groups.Length, groups.Max() * 4).Channel);
    });

    private static double[] Same(double scale) => RowScales.Uniform(scale, Inner).Weights;

    private static bool Near(double a, double b) => Math.Abs(a - b) < 1e-6;

    // Inputs that depend on each other and have a mean, as activations do.
    private static Tensor Mixed(Random random)
    {
        Tensor raw = RandomTensor.F32(random, 8, 16);
        Span<float> x = raw.Span<float>();
        for (int i = 0; i + 1 < x.Length; i++)
            x[i] = 0.3f + 0.6f * x[i] + 0.6f * x[i + 1];
        return raw;
    }

    private static double Distance(Tensor a, Tensor b) => Enumerable.Range(0, a.Count).Sum(i => Math.Pow(a.Number(i) - b.Number(i), 2));

    private static LayerStatistics Statistics(float[][] rows)
    {
        var statistics = new LayerStatistics(1, Inner);
        foreach (float[] row in rows)
            statistics.Add(0, row);
        return statistics;
    }

    private static float[] Dependent(Random random)
    {
        float mean = 0.5f, common = random.NextSingle() * 2 - 1;
        return [.. Enumerable.Range(0, Inner).Select(_ => mean + common + 0.3f * (random.NextSingle() * 2 - 1))];
    }

    // The damping on the diagonal is part of what is minimised.
    private static double[] Damped(double[] moment)
    {
        double mean = Enumerable.Range(0, Inner).Average(i => moment[i * Inner + i]);
        double[] damped = [.. moment];
        for (int i = 0; i < Inner; i++)
            damped[i * Inner + i] += Math.Max(0.01 * mean, 1e-20);
        return damped;
    }

    private static double Error(float[] weights, sbyte[] integers, double scale, double[] moment)
    {
        double[] e = [.. weights.Select((w, i) => w - scale * integers[i])];
        return Enumerable.Range(0, Inner).Sum(i => Enumerable.Range(0, Inner).Sum(j => e[i] * moment[i * Inner + j] * e[j]));
    }

    // Of all ways to round each weight down or up.
    private static double Best(float[] weights, double scale, double[] moment) => Enumerable.Range(0, 1 << Inner).Min(ups => Error(
        weights, [.. weights.Select((w, i) => (sbyte)Math.Clamp(Math.Floor(w / scale) + (ups >> i & 1), -Highest, Highest))], scale, moment));

    private static Graph Parse(string text)
    {
        var diagnostics = new DiagnosticBag();
        Graph? graph = GraphParser.Parse(text, "t.ir", diagnostics);
        diagnostics.ThrowIfErrors();
        return graph!;
    }
}
