using System.Collections.Immutable;
using Edgec.Compile;
using Edgec.Data;
using Edgec.Evaluate.Sensitivity;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Plan;
using Edgec.Runtime;

namespace Edgec.Evaluate.Assignment;

/// <summary>Measures quantized graphs of one model on the same data; the float model is run once.</summary>
public sealed class PlanMeasurement
{
    private readonly Graph canonical;
    private readonly DataSet data;
    private readonly int samples;
    private readonly string? output;
    private readonly ImmutableArray<int> judged;
    private readonly bool labelled;
    private readonly IProgressSink progress;
    private readonly ImmutableArray<Tensor>[] wanted;

    /// <param name="output">The output that is judged; null for all, and for the first where labels are.</param>
    /// <param name="labelled">Whether to measure top-1 too.</param>
    /// <exception cref="Diagnostics.DiagnosticException">There is no such output, or it has no labels.</exception>
    public PlanMeasurement(Graph canonical, DataSet data, int samples, string? output, bool labelled, IProgressSink progress)
    {
        (this.canonical, this.data, this.samples, this.output, this.labelled, this.progress) = (canonical, data, samples, output, labelled, progress);
        judged = [.. JudgedOutputs.Of(canonical, output).Select(name => canonical.Outputs.IndexOf(name))];
        if (labelled)
            new Top1().Begin(Subject);
        wanted = WatchedWork.Map(samples, Float, progress, "running the float model");
    }

    private MetricSubject Subject => new(data, Ports(canonical.Inputs), Ports(canonical.Outputs), output, samples);

    public PlanQuality Measure(Graph typed, string model)
    {
        ModelPlan plan = Planner.Plan(typed, new PlanOptions(), model);
        var meter = new NoiseMeter(samples, judged.Length);
        IMeasurement? top1 = labelled ? new Top1().Begin(Subject) : null;
        WatchedWork.Map(
            samples,
            i =>
            {
                ImmutableArray<Tensor> got = Evaluator.Outputs(plan, data.Sample(i));
                for (int k = 0; k < judged.Length; k++)
                    meter.Add(i, k, wanted[i][judged[k]].ToF32(), got[judged[k]].ToF32());
                top1?.Add(i, wanted[i], got);
                return true;
            },
            progress, "measuring a plan");
        Evaluation? accuracy = top1?.Finish();
        return new(samples, Noise.ToDecibel(meter.Ratio), accuracy?.Float, accuracy?.Quantized);
    }

    private ImmutableArray<Tensor> Float(int sample)
    {
        ImmutableDictionary<string, Tensor> values = GraphEvaluator.Evaluate(canonical, data.Sample(sample));
        return [.. canonical.Outputs.Select(name => values[name])];
    }

    private ImmutableArray<DataInput> Ports(ImmutableArray<string> names) => [.. names.Select(name => new DataInput(name, canonical.TypeOf(name).Element, canonical.TypeOf(name).Shape))];
}
