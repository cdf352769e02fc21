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

namespace Edgec.Evaluate;

/// <summary>Runs a model over labelled data, in float and as compiled, and says what compiling cost.</summary>
/// <param name="canonical">The float graph.</param>
/// <param name="plan">The plan of dense tensors of the compiled graph.</param>
public sealed class Evaluator(Graph canonical, ModelPlan plan)
{
    /// <summary>Metrics by name.</summary>
    public static IReadOnlyList<string> Metrics { get; } = ["top1", "sqnr"];

    /// <param name="metric">One of <see cref="Metrics"/>.</param>
    /// <param name="output">The output that is judged; null for the first.</param>
    /// <param name="limit">At most so many samples; null for all.</param>
    /// <exception cref="DiagnosticException">There is no such output, or the data has no labels for it.</exception>
    public Evaluation Evaluate(DataSet data, string metric, string? output, int? limit, IProgressSink progress)
    {
        int port = output is null ? 0 : canonical.Outputs.IndexOf(output);
        if (port < 0)
            throw new DiagnosticException(DataDiagnostics.NoSuchOutput(output!, canonical.Outputs));
        output = canonical.Outputs[port];
        if (metric == "top1" && !data.HasLabels(output))
            throw new DiagnosticException(DataDiagnostics.NoLabels(output));
        int count = Math.Min(data.Count, limit ?? data.Count);
        var scores = new Score[count];
        int done = 0;
        Parallel.For(0, count, i =>
        {
            scores[i] = One(data, i, port, metric);
            progress.Report("evaluating", Interlocked.Increment(ref done), count);
        });
        return metric == "top1"
            ? new(metric, output, count, scores.Average(s => s.Float), scores.Average(s => s.Quantized), scores.Average(s => s.Same))
            : new(metric, output, count, double.PositiveInfinity, Decibel(scores.Sum(s => s.Float), scores.Sum(s => s.Quantized)), null);
    }

    /// <summary>The outputs of a plan of dense tensors by name, as real numbers.</summary>
    /// <param name="sample">A tensor for each input: real numbers, or the integers the plan takes.</param>
    public static IReadOnlyDictionary<string, Tensor> Run(ModelPlan plan, IReadOnlyDictionary<string, Tensor> sample)
    {
        ImmutableArray<Tensor> outputs = Outputs(plan, sample);
        return plan.Outputs.Select((value, i) => (plan.Values[value].Name, Tensor: outputs[i])).DistinctBy(o => o.Name).ToDictionary(o => o.Name, o => o.Tensor);
    }

    private static ImmutableArray<Tensor> Outputs(ModelPlan plan, IReadOnlyDictionary<string, Tensor> sample)
    {
        Tensor[] inputs = [.. plan.Inputs.Select(i => plan.Values[i]).Select(v => Boundary.ToGraph(sample[v.Name], v.Type))];
        return [.. ReferenceRunner.Run(plan, inputs).Select((tensor, i) => Boundary.ToReal(tensor, plan.Values[plan.Outputs[i]].Type))];
    }

    private Score One(DataSet data, int index, int port, string metric)
    {
        IReadOnlyDictionary<string, Tensor> sample = data.Sample(index);
        ReadOnlySpan<float> real = GraphEvaluator.Evaluate(canonical, sample)[canonical.Outputs[port]].ToF32().Span<float>();
        ReadOnlySpan<float> integer = Outputs(plan, sample)[port].ToF32().Span<float>();
        if (metric != "top1")
            return Noise(real, integer);
        int label = data.Label(index, canonical.Outputs[port]) ?? -1;
        int a = Largest(real), b = Largest(integer);
        return new(a == label ? 1 : 0, b == label ? 1 : 0, a == b ? 1 : 0);
    }

    private static Score Noise(ReadOnlySpan<float> real, ReadOnlySpan<float> integer)
    {
        double signal = 0, noise = 0;
        for (int i = 0; i < real.Length; i++)
        {
            signal += (double)real[i] * real[i];
            noise += ((double)real[i] - integer[i]) * ((double)real[i] - integer[i]);
        }

        return new(signal, noise, 0);
    }

    // The first of equal ones.
    private static int Largest(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best])
                best = i;
        }

        return best;
    }

    private static double Decibel(double signal, double noise) => noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(signal / noise);

    private readonly record struct Score(double Float, double Quantized, double Same);
}
