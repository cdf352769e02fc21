using Edgec.Ir;
using Edgec.Quantize.Channels;
using Edgec.Quantize.Precision;

namespace Edgec.Tests.Backends;

/// <summary>Precision plans with random wide channels in every layer that can be split.</summary>
internal static class RandomWidths
{
    /// <param name="graph">Optimized.</param>
    public static PrecisionPlan Of(Graph graph, int seed)
    {
        var random = new Random(seed);
        PrecisionPlan plan = PrecisionPlan.W8A8;
        foreach (Node node in graph.Nodes.Where(node => ChannelSplit.WhyNot(graph, node) is null))
        {
            int rows = ChannelSplit.Rows(graph, node)!.Value;
            int[] channels = [.. Enumerable.Range(0, rows)];
            random.Shuffle(channels);
            plan = plan.With(node.Output, LayerPrecision.W4A8 with { Wide = ChannelSet.Of(channels.Take(random.Next(1, rows))) });
        }

        return plan;
    }
}
