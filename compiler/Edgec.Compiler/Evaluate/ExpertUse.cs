using System.Collections.Immutable;
using Edgec.Check;
using Edgec.Compile;
using Edgec.Data;
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

    /// <summary>Runs samples with the reference and looks at the indices of every product with experts.</summary>
    /// <param name="plan">A plan of dense tensors.</param>
    /// <param name="limit">At most so many samples; null for all.</param>
    public static ImmutableArray<ExpertUse> Measure(ModelPlan plan, DataSet data, int? limit, IProgressSink progress)
    {
        ExpertTraffic[] layers = [.. ExpertTraffic.Of(plan)];
        int count = Math.Min(data.Count, limit ?? data.Count), done = 0;
        var chosen = new int[layers.Length][][]; // by layer and sample, the rows of each expert
        for (int layer = 0; layer < layers.Length; layer++)
            chosen[layer] = new int[count][];
        ParallelWork.Each(count, i =>
        {
            IReadOnlyDictionary<string, Tensor> sample = data.Sample(i);
            Tensor[] inputs = [.. plan.Inputs.Select(v => Boundary.ToGraph(sample[plan.Values[v].Name], plan.Values[v].Type))];
            for (int input = 0; input < inputs.Length; input++)
                Look(plan.Inputs[input], inputs[input]);
            ReferenceRunner.Run(plan, inputs, (step, result) => Look(step.Result, result));
            progress.Report("looking at experts", Interlocked.Increment(ref done), count);

            void Look(int value, Tensor tensor)
            {
                for (int layer = 0; layer < layers.Length; layer++)
                {
                    if (plan.Values[layers[layer].Step.Operands[1]].Root == plan.Values[value].Root)
                        chosen[layer][i] = Count(tensor, layers[layer].Experts);
                }
            }
        });
        return [.. layers.Select((traffic, layer) => Of(traffic, chosen[layer]))];
    }

    private static int[] Count(Tensor indices, int experts)
    {
        var rows = new int[experts];
        for (int i = 0; i < indices.Count; i++)
            rows[Scalar.Position(indices.Integer(i), experts)]++;
        return rows;
    }

    private static ExpertUse Of(ExpertTraffic traffic, int[][] samples)
    {
        int[] used = [.. samples.Select(rows => rows.Count(row => row > 0))];
        return new(
            traffic, samples.Length, [.. Enumerable.Range(0, traffic.Experts).Select(e => samples.Sum(rows => (long)rows[e]))],
            used.Sum(u => (long)u), used.Min(), used.Max(), samples.Max(rows => rows.Max()));
    }
}
