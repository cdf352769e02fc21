using System.Collections.Immutable;
using System.Globalization;
using Edgec.Compile;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Passes;
using Edgec.Plan;
using Edgec.Plan.Hls;
using Edgec.Quantize.Precision;
using Edgec.Targets;

namespace Edgec.Evaluate.Explore;

/// <summary>
/// The ladder of CoDeNet for the deformable convolutions of any network: as it is, rounded, bounded, square, depthwise, each on top of those
/// before, and then each alone. A rung that changes nothing is left out.
/// </summary>
/// <param name="options">Of the model as it is; rungs are passes behind its own.</param>
/// <param name="range">Of <see cref="DeformBound"/>, in pixels.</param>
public sealed class DeformLadder(CompileOptions options, Target target, float range, DiagnosticBag diagnostics, IProgressSink progress)
{
    /// <summary>Precisions whose accuracy is measured.</summary>
    private static readonly PrecisionPlan[] Judged = [PrecisionPlan.W8A8, PrecisionPlan.Of(LayerPrecision.W4A8)];

    private static readonly Pass[] Usual = [new DeformRound(), new DeformBound(), new DeformSquare(), new DeformDepthwise()];

    /// <param name="data">Opens labelled data for a graph's inputs; null to leave accuracy out.</param>
    /// <exception cref="DiagnosticException">The model has no deformable convolution (EC7308), or a rung does not compile.</exception>
    public ImmutableArray<Rung> Climb(Func<Graph, Data.DataSet>? data, IMetric metric)
    {
        Graph graph = new ModelCompiler(options, diagnostics, progress).Load();
        if (!graph.Nodes.Any(node => node.Op is Ops.DeformConv))
            throw new DiagnosticException(DataDiagnostics.NoLadder(options.Model));
        var rungs = ImmutableArray.CreateBuilder<Rung>();
        rungs.Add(Measure("as it is", options.Passes ?? "", data, metric));
        Pass[] all = [.. Usual.Select(pass => pass is DeformBound bound ? bound with { Range = range } : pass)];
        Graph below = graph;
        string passes = options.Passes ?? "";
        foreach (Pass pass in all.Where(pass => Changes(pass, ref below)))
        {
            passes = And(passes, Text(pass));
            rungs.Add(Measure(rungs.Count == 1 ? Text(pass) : $"+ {Text(pass)}", passes, data, metric));
        }

        foreach (Pass pass in all.Skip(1))
        {
            Graph alone = graph;
            if (Changes(pass, ref alone))
                rungs.Add(Measure($"{Text(pass)} alone", And(options.Passes ?? "", Text(pass)), data, metric));
        }

        return rungs.ToImmutable();
    }

    private bool Changes(Pass pass, ref Graph graph)
    {
        Graph before = graph;
        graph = pass.Run(graph, new(options.Model, new DiagnosticBag()));
        return !ReferenceEquals(before, graph);
    }

    private static string And(string passes, string next) => passes.Length == 0 ? next : $"{passes},{next}";

    private static string Text(Pass pass) => pass is DeformBound bound ? string.Create(CultureInfo.InvariantCulture, $"{pass.Name}{{range={bound.Range}}}") : pass.Name;

    private Rung Measure(string name, string passes, Func<Graph, Data.DataSet>? data, IMetric metric)
    {
        CompileOptions own = options with { Passes = passes.Length == 0 ? null : passes };
        var compiler = new ModelCompiler(own, diagnostics, progress);
        Graph canonical = compiler.Load();
        Estimate estimate = Backends.Estimate(
            Planner.Plan(compiler.Lower(canonical, target), Backends.PlanOptions(target, options.Ram), options.Model), target, options.Model, options.Backend);
        StepEstimate[] ladder = [.. estimate.Steps.Where(step => step.Step.Kernel is DeformKernel)];
        return new(
            name, passes, estimate.Cycles, ladder.Sum(step => step.Cycles), estimate.Milliseconds, Samples(ladder), ladder.Max(step => step.SampleBytes ?? KernelCost.SampledBytes(step.Step.Kernel)), estimate.DramBytes,
            ladder.Sum(step => KernelCost.SampleProducts(step.Step.Kernel)), target is FpgaTarget { Energy: { } energy } ? estimate.Microjoules(energy) : null,
            estimate.Resources?.Dsp, estimate.Resources?.Bram36, data is null ? [] : Judge(own, canonical, data(canonical), metric));
    }

    private static string? Samples(StepEstimate[] ladder)
    {
        string[] ways = [.. ladder.Select(step => step.Samples).Where(way => way != SampleAccess.None).Distinct().Order().Select(way => way.ToString().ToLowerInvariant())];
        return ways.Length == 0 ? null : string.Join(", ", ways);
    }

    private ImmutableArray<(string, Evaluation)> Judge(CompileOptions own, Graph canonical, Data.DataSet data, IMetric metric)
    {
        ImmutableArray<ModelPlan> plans = [.. Judged.Select(precision =>
            Planner.Plan(new ModelCompiler(own with { Precision = precision }, diagnostics, progress).Lower(canonical), new PlanOptions(), own.Model))];
        return [.. Judged.Select(precision => precision.Default.ToString()).Zip(Evaluator.Evaluate(canonical, plans, data, metric, null, null, progress))];
    }
}
