using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Plan;
using Edgec.Quantize;
using Edgec.Quantize.Precision;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;
using Xunit;

namespace Edgec.Tests.Quantize;

/// <summary>Scores keep their scale beside a mask, and closed positions get nothing.</summary>
public sealed class MaskedScoresTests
{
    private const int Positions = 6;

    [Theory]
    [InlineData(-100)]
    [InlineData(-1e9f)]
    [InlineData(float.NegativeInfinity)]
    public void Closed_positions_get_probability_0(float closed)
    {
        float[] mask = [.. Enumerable.Range(0, Positions * Positions).Select(i => i % Positions > i / Positions ? closed : 0)];
        Graph canonical = Scores(Tensor.Of([1, Positions, Positions], mask));
        Graph optimized = new Edgec.Passes.BoundMasks().Run(canonical, new("test", new DiagnosticBag()));
        var random = new Random(2);
        Dictionary<string, Tensor>[] samples = [.. Enumerable.Range(0, 8).Select(_ => Inputs(random))];
        Dictionary<string, ValueRange> ranges = Calibrator.Calibrate(optimized, samples, new(), "test");
        Graph quantized = Quantizer.Quantize(optimized, ranges, PrecisionPlan.W8A8, new DiagnosticBag(), "test");
        Quantization sums = quantized.TypeOf("m").Quantization!;
        Assert.InRange(sums.Scale, 4 / 255.0, (4 + MaskedScores.Distance + 1) / 255); // the spread of the scores and the distance
        ModelPlan plan = Planner.Plan(quantized, new PlanOptions(), "test");
        foreach (Dictionary<string, Tensor> sample in samples)
        {
            Tensor exact = GraphEvaluator.Evaluate(optimized, sample)["y"], actual = Edgec.Evaluate.Evaluator.Run(plan, sample)["y"];
            for (int i = 0; i < exact.Count; i++)
            {
                if (mask[i % mask.Length] != 0)
                    Assert.Equal(0, actual.Number(i));
                Assert.InRange(Math.Abs(actual.Number(i) - exact.Number(i)), 0, 0.05);
            }
        }
    }

    [Theory]
    [InlineData(-100)]
    [InlineData(-1e9f)]
    [InlineData(float.NegativeInfinity)]
    public void Positions_closed_by_a_choice_get_probability_0(float closed)
    {
        TensorType type = TensorType.F32([2, Positions, Positions]), truths = new(ElementType.Bool, type.Shape);
        var canonical = new Graph(
            "chosen", Level.Canonical, ["x", "open"], ["y"],
            [
                new("m", new Where(), ["open", "x", "c"], ["m"], Origin.Of("Where")),
                new("y", new Softmax(2, Logarithm: false), ["m"], ["y"], Origin.Of("Softmax")),
            ],
            ImmutableDictionary<string, Tensor>.Empty.Add("c", Tensor.Scalar(closed)),
            ImmutableDictionary<string, TensorType>.Empty.Add("x", type).Add("m", type).Add("y", type).Add("c", TensorType.F32([])).Add("open", truths));
        Graph optimized = new Edgec.Passes.BoundMasks().Run(canonical, new("test", new DiagnosticBag()));
        var random = new Random(3);
        // The first position of each row is open.
        Tensor open = Tensor.Of(type.Shape, [.. Enumerable.Range(0, (int)type.Shape.ElementCount).Select(i => i % Positions == 0 || random.Next(2) == 0)]);
        Dictionary<string, Tensor>[] samples = [.. Enumerable.Range(0, 8).Select(_ => new Dictionary<string, Tensor>(Inputs(random)) { ["open"] = open })];
        Graph quantized = Quantizer.Quantize(optimized, Calibrator.Calibrate(optimized, samples, new(), "test"), PrecisionPlan.W8A8, new DiagnosticBag(), "test");
        Assert.InRange(quantized.TypeOf("m").Quantization!.Scale, 4 / 255.0, (4 + MaskedScores.Distance + 1) / 255);
        ModelPlan plan = Planner.Plan(quantized, new PlanOptions(), "test");
        foreach (Dictionary<string, Tensor> sample in samples)
        {
            Tensor exact = GraphEvaluator.Evaluate(optimized, sample)["y"], actual = Edgec.Evaluate.Evaluator.Run(plan, sample)["y"];
            for (int i = 0; i < exact.Count; i++)
            {
                if (open.Integer(i) == 0)
                    Assert.Equal(0, actual.Number(i));
                Assert.InRange(Math.Abs(actual.Number(i) - exact.Number(i)), 0, 0.05);
            }
        }
    }

    [Fact]
    public void What_closes_nothing_is_left_alone()
    {
        Graph graph = Scores(Tensor.Of([Positions], [0, 1, 2, 3, -1, -2f]));
        var ranges = new Dictionary<string, ValueRange> { ["x"] = new(-2, 2), ["m"] = new(-4, 5), ["y"] = new(0, 1) };
        (Graph same, IReadOnlyDictionary<string, ValueRange> unchanged) = MaskedScores.Bound(graph, ranges);
        Assert.Same(graph, same);
        Assert.Same(ranges, unchanged);
    }

    private static Dictionary<string, Tensor> Inputs(Random random)
    {
        Tensor x = Tensor.Zeros(ElementType.F32, [2, Positions, Positions]);
        foreach (ref float value in x.Span<float>())
            value = random.NextSingle() * 4 - 2;
        return new() { ["x"] = x };
    }

    private static Graph Scores(Tensor mask)
    {
        TensorType type = TensorType.F32([2, Positions, Positions]);
        return new(
            "masked", Level.Canonical, ["x"], ["y"],
            [
                new("m", new Binary(BinaryFunction.Add, Activation.None), ["x", "c"], ["m"], Origin.Of("Add")),
                new("y", new Softmax(2, Logarithm: false), ["m"], ["y"], Origin.Of("Softmax")),
            ],
            ImmutableDictionary<string, Tensor>.Empty.Add("c", mask),
            ImmutableDictionary<string, TensorType>.Empty.Add("x", type).Add("m", type).Add("y", type).Add("c", TensorType.F32(mask.Shape)));
    }
}
