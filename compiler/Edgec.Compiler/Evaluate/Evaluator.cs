using System.Collections.Immutable;
using Edgec.Check;
using Edgec.Compile;
using Edgec.Data;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Plan;
using Edgec.Quantize;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Evaluate;

/// <summary>Runs a model over labelled data, as compiled and, if there is the float graph too, in float.</summary>
/// <param name="canonical">The float graph the plan was made from; null to judge the compiled model alone.</param>
/// <param name="plan">The plan of dense tensors of the compiled graph.</param>
public sealed class Evaluator(Graph? canonical, ModelPlan plan)
{
    /// <summary>What data has to fill: real numbers where the plan's own inputs are quantized.</summary>
    public ImmutableArray<DataInput> Inputs => canonical is null ? [.. plan.Inputs.Select(i => Real(plan, i))] : ModelCompiler.Inputs(canonical);

    /// <param name="output">The output that is judged; null for the first.</param>
    /// <param name="limit">At most so many samples; null for all.</param>
    /// <exception cref="DiagnosticException">There is no such output, or neither outputs nor data are what the metric judges.</exception>
    public Evaluation Evaluate(DataSet data, IMetric metric, string? output, int? limit, IProgressSink progress)
    {
        return Evaluate(canonical, [plan], data, metric, output, limit, progress)[0];
    }

    /// <summary>The same for several plans of one model, each sample run in float once.</summary>
    public static ImmutableArray<Evaluation> Evaluate(
        Graph? canonical, ImmutableArray<ModelPlan> plans, DataSet data, IMetric metric, string? output, int? limit, IProgressSink progress)
    {
        if (metric.NeedsFloat && canonical is null)
            throw new DiagnosticException(DataDiagnostics.NeedsFloat(metric.Name));
        int count = Math.Min(data.Count, limit ?? data.Count), done = 0;
        ImmutableArray<IMeasurement> measurements = [.. plans.Select(plan => metric.Begin(new(
            data, new Evaluator(canonical, plan).Inputs, [.. plan.Outputs.Select(o => Real(plan, o))], output, count)))];
        ParallelWork.Each(count, i =>
        {
            IReadOnlyDictionary<string, Tensor> sample = data.Sample(i);
            ImmutableArray<Tensor>? real = FloatOutputs(canonical, sample);
            for (int k = 0; k < plans.Length; k++)
                measurements[k].Add(i, real, Outputs(plans[k], sample));
            progress.Report("evaluating", Interlocked.Increment(ref done), count);
        });
        return [.. measurements.Select(measurement => measurement.Finish())];
    }

    /// <summary>The outputs of a plan of dense tensors by name, as real numbers.</summary>
    /// <param name="sample">A tensor for each input: real numbers, or the integers the plan takes.</param>
    public static IReadOnlyDictionary<string, Tensor> Run(ModelPlan plan, IReadOnlyDictionary<string, Tensor> sample)
    {
        ImmutableArray<Tensor> outputs = Outputs(plan, sample);
        return plan.Outputs.Select((value, i) => (plan.Values[value].Name, Tensor: outputs[i])).DistinctBy(o => o.Name).ToDictionary(o => o.Name, o => o.Tensor);
    }

    /// <summary>The same in the order of the graph's outputs, one for each of them.</summary>
    public static ImmutableArray<Tensor> Outputs(ModelPlan plan, IReadOnlyDictionary<string, Tensor> sample)
    {
        Tensor[] inputs = [.. plan.Inputs.Select(i => plan.Values[i]).Select(v => Boundary.ToGraph(sample[v.Name], v.Type))];
        return [.. ReferenceRunner.Run(plan, inputs).Select((tensor, i) => Boundary.ToReal(tensor, plan.Values[plan.Outputs[i]].Type))];
    }

    private static ImmutableArray<Tensor>? FloatOutputs(Graph? canonical, IReadOnlyDictionary<string, Tensor> sample)
    {
        if (canonical is null)
            return null;
        ImmutableDictionary<string, Tensor> values = GraphEvaluator.Evaluate(canonical, sample);
        return [.. canonical.Outputs.Select(output => values[output])];
    }

    private static DataInput Real(ModelPlan plan, int index)
    {
        PlanValue value = plan.Values[index];
        return new(value.Name, value.Type.Quantization is null ? value.Type.Element : ElementType.F32, value.Type.Shape);
    }
}
