using System.Collections.Immutable;
using Edgec.Check;
using Edgec.Compile;
using Edgec.Data;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Plan;
using Edgec.Quantize;
using Edgec.Runtime;
using Edgec.Runtime.Arithmetic;
using Edgec.Runtime.Kernels;

namespace Edgec.Evaluate;

/// <summary>Which experts the rows of real samples chose in one layer.</summary>
/// <param name="Samples">How many samples were run.</param>
/// <param name="Rows">For each expert, the rows of all samples that chose it.</param>
/// <param name="Used">The sum over samples of the experts that any row chose.</param>
/// <param name="LeastUsed">The fewest experts used in a sample.</param>
/// <param name="MostUsed">The most.</param>
/// <param name="LongestQueue">The most rows that chose one expert in one sample.</param>
public sealed record ExpertUse(ExpertTraffic Traffic, int Samples, ImmutableArray<long> Rows, long Used, int LeastUsed, int MostUsed, int LongestQueue)
{
    /// <summary>Bytes of weights read expert by expert in a sample, on average. Row by row they are <see cref="ExpertTraffic.RowByRow"/>, whatever is chosen.</summary>
    public double ByExpert => (double)Used / Samples * Traffic.ExpertBytes;

    /// <summary>Experts used in a sample, on average.</summary>
    public double UsedExperts => (double)Used / Samples;

    /// <summary>The share of choices that the float model makes too; null where it has no such value.</summary>
    public double? Agreement { get; init; }

    /// <summary>Runs samples with the reference and looks at the indices of every product with experts.</summary>
    /// <param name="plan">A plan of dense tensors.</param>
    /// <param name="canonical">The float graph it was made from, whose choices are compared.</param>
    /// <param name="limit">At most so many samples; null for all.</param>
    public static ImmutableArray<ExpertUse> Measure(ModelPlan plan, Graph canonical, DataSet data, int? limit, IProgressSink progress)
    {
        ExpertTraffic[] layers = [.. ExpertTraffic.Of(plan)];
        int[] roots = [.. layers.Select(layer => plan.Values[layer.Step.Operands[1]].Root)];
        string[] names = [.. roots.Select(root => plan.Values[root].Name)];
        int count = Math.Min(data.Count, limit ?? data.Count), done = 0;
        var chosen = new int[layers.Length, count][];
        var agreeing = new long[layers.Length, count];
        ParallelWork.Each(count, i =>
        {
            IReadOnlyDictionary<string, Tensor> sample = data.Sample(i);
            var real = new Dictionary<string, Tensor>();
            GraphEvaluator.Evaluate(canonical, sample, (name, tensor) =>
            {
                if (names.Contains(name))
                    real[name] = tensor;
            });
            var indices = new Dictionary<int, Tensor>();
            Tensor[] inputs = [.. plan.Inputs.Select(v => Boundary.ToGraph(sample[plan.Values[v].Name], plan.Values[v].Type))];
            foreach ((int value, Tensor tensor) in plan.Inputs.Zip(inputs))
                indices[value] = tensor;
            ReferenceRunner.Run(plan, inputs, (step, result) => Keep(step.Result, result));
            for (int layer = 0; layer < layers.Length; layer++)
            {
                Tensor own = indices[roots[layer]];
                chosen[layer, i] = Count(own, layers[layer].Experts);
                if (real.TryGetValue(names[layer], out Tensor? others))
                    agreeing[layer, i] = Agreeing(own, others, layers[layer]);
            }

            progress.Report("looking at experts", Interlocked.Increment(ref done), count);

            void Keep(int value, Tensor tensor)
            {
                if (roots.Contains(value))
                    indices[value] = tensor;
            }
        });
        return [.. layers.Select((traffic, layer) => Of(
            traffic, [.. Enumerable.Range(0, count).Select(i => chosen[layer, i])],
            canonical.Types.ContainsKey(names[layer]) ? Enumerable.Range(0, count).Sum(i => agreeing[layer, i]) : null))];
    }

    private static int[] Count(Tensor indices, int experts)
    {
        var rows = new int[experts];
        for (int i = 0; i < indices.Count; i++)
            rows[Scalar.Position(indices.Integer(i), experts)]++;
        return rows;
    }

    // Choices of the rows that are among the other's of the same row, whatever their order.
    private static long Agreeing(Tensor indices, Tensor others, ExpertTraffic t)
    {
        long same = 0;
        for (int row = 0; row < t.Rows; row++)
        {
            HashSet<int> there = [.. Enumerable.Range(row * t.Choices, t.Choices).Select(i => Scalar.Position(others.Integer(i), t.Experts))];
            same += Enumerable.Range(row * t.Choices, t.Choices).Count(i => there.Contains(Scalar.Position(indices.Integer(i), t.Experts)));
        }

        return same;
    }

    private static ExpertUse Of(ExpertTraffic traffic, int[][] samples, long? agreeing)
    {
        int[] used = [.. samples.Select(rows => rows.Count(row => row > 0))];
        return new(
            traffic, samples.Length, [.. Enumerable.Range(0, traffic.Experts).Select(e => samples.Sum(rows => (long)rows[e]))],
            used.Sum(u => (long)u), used.Min(), used.Max(), samples.Max(rows => rows.Max()))
        { Agreement = agreeing / ((double)samples.Length * traffic.Rows * traffic.Choices) };
    }
}
