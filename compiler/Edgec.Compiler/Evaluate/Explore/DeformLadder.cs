using System.Collections.Immutable;
using Edgec.Compile;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Passes;
using Edgec.Plan;
using Edgec.Quantize.Precision;
using Edgec.Targets;

namespace Edgec.Evaluate.Explore;

/// <summary>
/// The ladder of CoDeNet for the deformable convolutions of any network: as it is, depthwise, bounded, square, rounded, each on top of those
/// before. A rung that changes nothing is left out.
/// </summary>
/// <param name="options">Of the model as it is; rungs are passes behind its own.</param>
/// <param name="range">Of <see cref="DeformBound"/>, in pixels.</param>
public sealed class DeformLadder(CompileOptions options, Target target, float range, DiagnosticBag diagnostics, IProgressSink progress)
{
    /// <summary>Precisions whose accuracy is measured.</summary>
    private static readonly PrecisionPlan[] Judged = [PrecisionPlan.W8A8, PrecisionPlan.Of(LayerPrecision.W4A8)];

    private static readonly Pass[] Usual = [new DeformDepthwise(), new DeformBound(), new DeformSquare(), new DeformRound()];

    /// <param name="data">Opens labelled data for a graph's inputs; null to leave accuracy out.</param>
    /// <exception cref="DiagnosticException">The model has no deformable convolution (EC7308), or a rung does not compile.</exception>
    public ImmutableArray<Rung> Climb(Func<Graph, Data.DataSet>? data, IMetric metric)
    {
        Graph graph = new ModelCompiler(options, diagnostics, progress).Load();
        if (!graph.Nodes.Any(node => node.Op is Ops.DeformConv))
            throw new DiagnosticException(DataDiagnostics.NoLadder(options.Model));
        var rungs = ImmutableArray.CreateBuilder<Rung>();
        string passes = options.Passes ?? "";
        rungs.Add(Measure("as it is", passes, data, metric));
        foreach (Pass usual in Usual)
        {
            Pass pass = usual is DeformBound bound ? bound with { Range = range } : usual;
            Graph changed = pass.Run(graph, new(options.Model, new DiagnosticBag()));
            if (ReferenceEquals(changed, graph))
                continue;
            graph = changed;
            string name = pass is DeformBound ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{pass.Name}{{range={range}}}") : pass.Name;
            passes = passes.Length == 0 ? name : $"{passes},{name}";
            rungs.Add(Measure(name, passes, data, metric));
        }

        return rungs.ToImmutable();
    }

    private Rung Measure(string name, string passes, Func<Graph, Data.DataSet>? data, IMetric metric)
    {
        CompileOptions own = options with { Passes = passes.Length == 0 ? null : passes };
        var compiler = new ModelCompiler(own, diagnostics, progress);
        Graph canonical = compiler.Load();
        Estimate estimate = Backends.Estimate(
            Planner.Plan(compiler.Lower(canonical, target), Backends.PlanOptions(target, options.Ram), options.Model), target, options.Model, options.Backend);
        StepEstimate[] ladder = [.. estimate.Steps.Where(step => step.Step.Kernel is DeformKernel)];
        return new(
            name, passes, estimate.Cycles, ladder.Sum(step => step.Cycles), estimate.Milliseconds, ladder.Max(step => KernelCost.SampledBytes(step.Step.Kernel)), estimate.DramBytes,
            ladder.Sum(step => KernelCost.SampleProducts(step.Step.Kernel)), target is FpgaTarget { Energy: { } energy } ? estimate.Microjoules(energy) : null,
            estimate.Resources?.Dsp, estimate.Resources?.Bram36, data is null ? [] : Judge(own, canonical, data(canonical), metric));
    }

    private ImmutableArray<(string, Evaluation)> Judge(CompileOptions own, Graph canonical, Data.DataSet data, IMetric metric)
    {
        ImmutableArray<ModelPlan> plans = [.. Judged.Select(precision =>
            Planner.Plan(new ModelCompiler(own with { Precision = precision }, diagnostics, progress).Lower(canonical), new PlanOptions(), own.Model))];
        return [.. Judged.Select(precision => precision.Default.ToString()).Zip(Evaluator.Evaluate(canonical, plans, data, metric, null, null, progress))];
    }
}
