using System.Collections.Immutable;
using Edgec.Compile;
using Edgec.Diagnostics;
using Edgec.Evaluate.Assignment;
using Edgec.Ir;
using Edgec.Quantize.Precision;
using Edgec.Targets;
using Edgec.Tests.Evaluate.Sensitivity;
using Xunit;

namespace Edgec.Tests.Evaluate.Assignment;

/// <summary>The network with a loud layer, and what budgets make of it.</summary>
public sealed class PrecisionSearchTests
{
    private const string Model = "loud.onnx";

    private static readonly Graph Graph = LoudModel.Graph();
    private static readonly Func<PrecisionPlan, Graph> Quantize = LoudModel.Quantizing(Graph);
    private static readonly ImmutableArray<LayerPrecision> FloatOrInteger = [LayerPrecision.Float, LayerPrecision.W8A8];

    [Fact]
    public void Recovers_what_the_loud_layer_costs_and_spends_nothing_elsewhere()
    {
        AssignmentResult result = Assign(new(MinSqnr: 25), FloatOrInteger);
        Assert.InRange(result.Baseline.Sqnr, -10, 15);
        Assert.InRange(result.Measured.Sqnr, 25, 60);
        Assert.InRange(result.Predicted - result.Measured.Sqnr, -5, 5);
        // Elsewhere float is taken only where it costs nothing.
        Assert.Equal(LoudModel.Loud.Order(), result.Layers.Where(layer => layer.Choice.Precision.IsFloat && layer.Choice.Price > 0).Select(layer => layer.Layer.Name).Order());
        Assert.All(result.Layers.Where(layer => layer.Layer.Name == "loud"), layer => Assert.StartsWith("in w8a8 it alone would leave ", layer.Why));
        Assert.Equal(LayerPrecision.W8A8, result.Plan.Default);
        Assert.Equal(result.Cost, new PlanPricing(null, null, Model).Of(Quantize(result.Plan)));
        Assert.True(result.Cost.WeightBytes < new PlanPricing(null, null, Model).Of(Graph).WeightBytes);
    }

    [Fact]
    public void Bytes_go_where_they_help_most()
    {
        AssignmentResult free = Assign(new(MinSqnr: 25), FloatOrInteger);
        AssignmentResult tight = Assign(new(Bytes: free.Cost.WeightBytes), FloatOrInteger);
        Assert.True(tight.Cost.WeightBytes <= free.Cost.WeightBytes);
        Assert.InRange(tight.Measured.Sqnr, 25, 60);
        AssignmentResult none = Assign(new(Bytes: free.BaselineCost.WeightBytes), FloatOrInteger);
        Assert.InRange(none.Cost.WeightBytes, 1, free.BaselineCost.WeightBytes);
    }

    [Fact]
    public void Time_is_the_target_s()
    {
        Target target = TargetCatalog.Load("cortex-a72");
        double integers = new PlanPricing(target, null, Model).Of(Quantize(PrecisionPlan.W8A8)).Milliseconds!.Value;
        double floats = new PlanPricing(target, null, Model).Of(Graph).Milliseconds!.Value;
        AssignmentResult result = Assign(new(Milliseconds: (integers + floats) / 2), FloatOrInteger, target);
        Assert.InRange(result.Cost.Milliseconds!.Value, 0, (integers + floats) / 2);
        Assert.True(result.Measured.Sqnr > result.Baseline.Sqnr);
    }

    [Fact]
    public void A_plan_s_file_reads_back()
    {
        var budget = new PrecisionBudget(MinSqnr: 25);
        AssignmentResult result = Assign(budget, FloatOrInteger);
        string text = PlanText.Of(result, budget, "edgec 1", "a\nb.onnx");
        Assert.Equal(result.Plan, PrecisionFile.Parse(text, "loud.plan"));
        Assert.StartsWith("# edgec 1, for a?b.onnx: at least 25 dB\n", text);
        Assert.Contains("layer loud = fp32 # in w8a8 it alone would leave ", text);
    }

    [Fact]
    public async Task The_same_plan_on_one_thread()
    {
        var single = new TaskFactory(new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, 1).ExclusiveScheduler);
        var budget = new PrecisionBudget(MinSqnr: 25);
        AssignmentResult alone = await single.StartNew(() => Assign(budget, FloatOrInteger), TestContext.Current.CancellationToken);
        Assert.Equal(PlanText.Of(Assign(budget, FloatOrInteger), budget, "", ""), PlanText.Of(alone, budget, "", ""));
    }

    [Fact]
    public void What_no_plan_can_keep_to_is_told_with_the_nearest()
    {
        Diagnostic bytes = Refused(new(Bytes: 100), FloatOrInteger);
        Assert.Equal(("EC3041", 1), (bytes.Code, bytes.ExitCode));
        Assert.Contains("at most 100 bytes of weights: with the cheapest candidate for every layer it is ", bytes.Message);
        Diagnostic quality = Refused(new(MinSqnr: 60), [LayerPrecision.W8A8]);
        Assert.Equal("EC3042", quality.Code);
        Assert.Contains("the best that can be had measures ", quality.Message);
        long least = new PlanPricing(null, null, Model).Of(Quantize(PrecisionPlan.W8A8)).WeightBytes;
        Assert.Equal("EC3042", Refused(new(Bytes: least, MinSqnr: 25), FloatOrInteger).Code);
    }

    [Fact]
    public void A_target_that_cannot_do_a_candidate_refuses_it()
    {
        Diagnostic refusal = Refused(new(MinSqnr: 5), [LayerPrecision.Float], TargetCatalog.Load("ultra96"));
        Assert.Equal("EC3040", refusal.Code);
        Assert.StartsWith("This layer can have none of fp32: ", refusal.Message);
    }

    private static Diagnostic Refused(PrecisionBudget budget, ImmutableArray<LayerPrecision> candidates, Target? target = null) =>
        Assert.Single(Assert.Throws<DiagnosticException>(() => Assign(budget, candidates, target)).Diagnostics);

    private static AssignmentResult Assign(PrecisionBudget budget, ImmutableArray<LayerPrecision> candidates, Target? target = null)
    {
        var data = LoudModel.Data(Graph);
        var pricing = new PlanPricing(target, null, Model);
        var choices = new ChoiceMeasurement(Graph, Quantize, PrecisionPlan.W8A8, budget, pricing, Model);
        ImmutableArray<LayerChoices> layers = choices.Measure(candidates, data.Count, data.Sample, null, SilentProgress.Instance);
        var measurement = new PlanMeasurement(Graph, data, data.Count, null, labelled: false, SilentProgress.Instance);
        return new PrecisionSearch(layers, choices.Floor, Quantize, pricing, measurement, Model).Find(budget, PrecisionPlan.W8A8);
    }
}
