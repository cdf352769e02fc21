using Edgec.Compile;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Evaluate;
using Edgec.Evaluate.Sensitivity;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Plan;
using Edgec.Quantize.Precision;
using Edgec.Runtime;
using Xunit;

namespace Edgec.Tests.Evaluate.Sensitivity;

public sealed class SensitivityTests
{
    private static readonly Graph Graph = LoudModel.Graph();
    private static readonly Func<PrecisionPlan, Graph> Quantize = LoudModel.Quantizing(Graph);
    private static readonly SensitivityResult Result = Analyse();

    [Fact]
    public void Names_the_layer_that_hurts()
    {
        LayerSensitivity[] layers = [.. Result.Layers];
        Assert.Equal("loud", layers[0].Name);
        Assert.InRange(Result.Quantized, -10, 15);
        Assert.All(layers.Where(layer => LoudModel.Loud.Contains(layer.Name)), layer => Assert.InRange(layer.Alone, -10, 20));
        Assert.All(layers.Where(layer => !LoudModel.Loud.Contains(layer.Name)), layer => Assert.InRange(layer.Alone, 30, 80));
        // The loud channel hides the loss where it happens: that value alone looks well.
        Assert.InRange(layers[0].Local, 30, 80);
        Assert.Equal(["stem_value", "body", "loud", "branch", "skip", "join", "late", "pool", "head"], layers.OrderBy(layer => layer.Index).Select(layer => layer.Name));
    }

    [Fact]
    public void One_layer_is_measured_as_its_plan_computes()
    {
        foreach (LayerSensitivity layer in Result.Layers)
        {
            Assert.Equal(Measured(PrecisionPlan.Fp32.With(layer.Name, LayerPrecision.W8A8)), layer.Alone, 1e-9);
            Assert.Equal(Measured(PrecisionPlan.W8A8.With(layer.Name, layer.Wider)), layer.WithWider, 1e-9);
            Assert.Equal(layer.WithWider - Result.Quantized, layer.Gain, 1e-9);
        }

        Assert.Equal(Measured(PrecisionPlan.W8A8), Result.Quantized, 1e-9);
        Assert.Equal(Result.Quantized, Result.Values[^1].Decibel, 1e-9);
        Assert.Equal("input", Result.Values[0].Operator);
    }

    [Fact]
    public async Task The_same_table_on_one_thread()
    {
        var single = new TaskFactory(new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, 1).ExclusiveScheduler);
        SensitivityResult alone = await single.StartNew(Analyse, TestContext.Current.CancellationToken);
        Assert.Equal(Result.Layers, alone.Layers);
        Assert.Equal(Result.Values, alone.Values);
    }

    [Fact]
    public void Only_what_lies_behind_a_change_is_run()
    {
        LoweredGraph real = LoweredGraph.Of(Graph, "m");
        Graph integers = Quantize(PrecisionPlan.W8A8);
        int last = GraphDifference.Of(real, Quantize(PrecisionPlan.Fp32.With("head", LayerPrecision.W8A8)), "m").Count;
        Assert.Equal(0, GraphDifference.Of(real, Graph, "m").Count);
        Assert.InRange(last, 1, 3);
        Assert.Equal(integers.Nodes.Length, GraphDifference.Of(real, integers, "m").Count);
    }

    [Fact]
    public void A_model_that_arrives_quantized_has_nothing_to_choose()
    {
        Node[] nodes = [.. Graph.Nodes];
        nodes[^1] = new("s", new FakeQuantize(Quantization.PerTensor(0.1, 0), -128, 127), [nodes[^1].Inputs[0]], ["scores"], Origin.Of("s"));
        Diagnostic refusal = Assert.Single(Assert.Throws<DiagnosticException>(() => RankedLayer.Of(Graph.With(nodes: [.. nodes]), PrecisionPlan.W8A8, "m.onnx")).Diagnostics);
        Assert.Equal(("EC3043", "m.onnx(s -> scores)"), (refusal.Code, refusal.Location));
    }

    [Fact]
    public void Noise_is_an_energy()
    {
        Tensor a = Tensor.Of([2], [3f, 4f]), b = Tensor.Of([2], [3f, 3f]);
        Assert.Equal(new Noise(25, 1), Noise.Between(a, b));
        Assert.Equal(13.979, Noise.Between(a, b).Decibel, 3);
        Assert.Equal(double.PositiveInfinity, Noise.Between(a, a).Decibel);
        Assert.Equal(0.04, Noise.FromDecibel(13.9794), 1e-6);
        var meter = new NoiseMeter(1, 2);
        meter.Add(0, 0, a, b);
        meter.Add(0, 1, Tensor.Of([2], [0f, 0f]), b);
        Assert.Equal(0.04, meter.Ratio, 1e-12); // a value without a signal does not count
    }

    private static SensitivityResult Analyse() => new SensitivityAnalysis(Graph, Quantize, PrecisionPlan.W8A8, "loud.onnx")
        .Run(LoudModel.Samples, LoudModel.Data(Graph).Sample, null, SilentProgress.Instance);

    // The whole way through plan and reference, with nothing reused.
    private static double Measured(PrecisionPlan precision)
    {
        ModelPlan plan = Planner.Plan(Quantize(precision), new PlanOptions(), "loud.onnx");
        DataSet data = LoudModel.Data(Graph);
        Noise sum = default;
        for (int i = 0; i < data.Count; i++)
        {
            IReadOnlyDictionary<string, Tensor> sample = data.Sample(i);
            sum += Noise.Between(GraphEvaluator.Evaluate(Graph, sample)["scores"], Evaluator.Outputs(plan, sample)[0].ToF32());
        }

        return sum.Decibel;
    }
}
