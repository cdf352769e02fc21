using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Quantize.Weights;

/// <summary>
/// Collects <see cref="LayerStatistics"/> over calibration data. Memory is bounded: layers are taken in several passes over
/// the data where their moments together are too large, and a layer whose own are too large is left out.
/// </summary>
public static class StatisticsCollector
{
    private const long MostBytes = 512L << 20;
    private const int RowsAnInner = 8;
    private const int LeastRows = 4096;

    /// <param name="layers">The layers to look at.</param>
    /// <param name="samples">Gives the samples again for every pass.</param>
    /// <param name="count">How many samples there are.</param>
    /// <param name="done">Told how many samples are done, of how many.</param>
    /// <returns>Statistics by node, without those that would be too large.</returns>
    public static Dictionary<Node, LayerStatistics> Collect(
        Graph graph, IReadOnlyList<WeightedLayer> layers, Func<IEnumerable<IReadOnlyDictionary<string, Tensor>>> samples, int count, Action<int, int>? done = null)
    {
        var collected = new Dictionary<Node, LayerStatistics>();
        List<List<WeightedLayer>> passes = Passes(layers);
        int steps = 0;
        foreach (List<WeightedLayer> pass in passes)
        {
            // Several gates over the same experts see one set of weights, which stays one.
            foreach (IGrouping<string, WeightedLayer> shared in pass.GroupBy(layer => layer.Node.Op is ExpertMatMul ? layer.Node.Inputs[1] : layer.Node.Output))
            {
                var own = new LayerStatistics(shared.First().Groups, shared.First().Inner);
                foreach (WeightedLayer layer in shared)
                    collected[layer.Node] = own;
            }

            ILookup<string, WeightedLayer> readers = pass.Where(layer => layer.Node.Op is not ExpertMatMul).ToLookup(layer => layer.Node.Inputs[0]);
            ILookup<string, WeightedLayer> experts = pass.Where(layer => layer.Node.Op is ExpertMatMul).ToLookup(layer => layer.Node.Output);
            HashSet<string> kept = [.. experts.SelectMany(layers => layers).SelectMany(layer => new[] { layer.Node.Inputs[0], layer.Node.Inputs[ExpertMatMul.Indices] })];
            int index = 0;
            foreach (IReadOnlyDictionary<string, Tensor> sample in samples())
            {
                var seen = new Dictionary<string, Tensor>();
                GraphEvaluator.Evaluate(graph, sample, (value, tensor) =>
                {
                    if (kept.Contains(value))
                        seen[value] = tensor;
                    foreach (WeightedLayer layer in readers[value])
                        Add(layer, collected[layer.Node], tensor, null, index, count);
                    // Which rows an expert sees is known when its layer is computed.
                    foreach (WeightedLayer layer in experts[value])
                        Add(layer, collected[layer.Node], Seen(layer.Node.Inputs[0]), Seen(layer.Node.Inputs[ExpertMatMul.Indices]), index, count);
                });

                Tensor Seen(string value) => seen.GetValueOrDefault(value) ?? graph.Constants[value];

                index++;
                done?.Invoke(++steps, count * passes.Count);
            }
        }

        return collected;
    }

    private static List<List<WeightedLayer>> Passes(IEnumerable<WeightedLayer> layers)
    {
        var passes = new List<List<WeightedLayer>>();
        long bytes = 0;
        foreach (WeightedLayer layer in layers)
        {
            long own = LayerStatistics.Bytes(layer.Groups, layer.Inner);
            if (own > MostBytes)
                continue;
            if (passes.Count == 0 || bytes + own > MostBytes)
            {
                passes.Add([]);
                bytes = 0;
            }

            passes[^1].Add(layer);
            bytes += own;
        }

        return passes;
    }

    // Rows spread evenly over each sample, from a place that differs from sample to sample.
    private static void Add(WeightedLayer layer, LayerStatistics statistics, Tensor x, Tensor? indices, int index, int count)
    {
        int[][]? chosen = layer.RowsOfGroups(x, indices);
        long wanted = Math.Max(LeastRows, RowsAnInner * (long)layer.Inner);
        Parallel.For(0, layer.Groups, group =>
        {
            long rows = chosen?[group].Length ?? layer.Rows(x), taken = Math.Min(rows, (wanted + count - 1) / Math.Max(1, count));
            var row = new float[layer.Inner];
            for (long i = 0; i < taken; i++)
            {
                long at = (i * rows / taken + index * 7919L) % rows;
                layer.Gather(x, chosen?[group][at] ?? at, group, row);
                statistics.Add(group, row);
            }
        });
    }
}
