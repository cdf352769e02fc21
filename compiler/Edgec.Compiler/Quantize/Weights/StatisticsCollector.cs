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
            foreach (WeightedLayer layer in pass)
                collected[layer.Node] = new(layer.Groups, layer.Inner);
            ILookup<string, WeightedLayer> readers = pass.ToLookup(layer => layer.Node.Inputs[0]);
            int index = 0;
            foreach (IReadOnlyDictionary<string, Tensor> sample in samples())
            {
                GraphEvaluator.Evaluate(graph, sample, (value, tensor) =>
                {
                    foreach (WeightedLayer layer in readers[value])
                        Add(layer, collected[layer.Node], tensor, index, count);
                });
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
    private static void Add(WeightedLayer layer, LayerStatistics statistics, Tensor x, int index, int count)
    {
        long rows = layer.Rows(x), wanted = Math.Max(LeastRows, RowsAnInner * (long)layer.Inner);
        long taken = Math.Min(rows, (wanted + count - 1) / Math.Max(1, count));
        Parallel.For(0, layer.Groups, group =>
        {
            var row = new float[layer.Inner];
            for (long i = 0; i < taken; i++)
            {
                layer.Gather(x, (i * rows / taken + index * 7919L) % rows, group, row);
                statistics.Add(group, row);
            }
        });
    }
}
