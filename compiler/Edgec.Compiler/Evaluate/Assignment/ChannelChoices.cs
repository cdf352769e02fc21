using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Quantize.Channels;
using Edgec.Quantize.Precision;
using Edgec.Quantize.Weights;

namespace Edgec.Evaluate.Assignment;

/// <summary>
/// Lets layers have some output channels of 8 bits and the others of 4. Between what a layer's noise is with the one and with the other,
/// both measured at the outputs, a channel's share is that of its <see cref="ChannelSalience"/>; bytes are shared evenly. A layer's channels
/// become wide in the order of that share, so its choices lie on a convex curve, and the <see cref="DowngradePath"/> over all layers takes channels
/// in one global order of noise a byte. A layer whose channels cannot change places stays one unit in that order.
/// </summary>
public static class ChannelChoices
{
    /// <summary>Into how many steps a layer's channels are taken at most.</summary>
    public const int MostSteps = 32;

    /// <summary>The layers whose channels can differ.</summary>
    public static ImmutableArray<WeightedLayer> Layers(Graph canonical) =>
        [.. canonical.Nodes.Where(node => ChannelSplit.WhyNot(canonical, node) is null).Select(node => WeightedLayer.Of(canonical, node)).OfType<WeightedLayer>()];

    /// <param name="choices">What whole layers can have.</param>
    /// <param name="layers">Those whose channels can differ.</param>
    /// <param name="statistics">Of their inputs.</param>
    public static ImmutableArray<LayerChoices> Expand(
        ImmutableArray<LayerChoices> choices, IEnumerable<WeightedLayer> layers, IReadOnlyDictionary<Node, LayerStatistics> statistics)
    {
        Dictionary<Node, WeightedLayer> weighted = layers.ToDictionary(layer => layer.Node);
        return [.. choices.Select(choice => weighted.TryGetValue(choice.Layer.Node, out WeightedLayer? layer)
            ? choice with { Options = [.. choice.Options, .. Between(choice.Options, layer, statistics.GetValueOrDefault(layer.Node))] }
            : choice)];
    }

    /// <summary>True for two precisions between which channels can be shared out.</summary>
    public static bool IsPair(LayerPrecision narrow, LayerPrecision wide) =>
        narrow is { WeightBits: 4, WeightGroup: 0, Wide: null } && wide == narrow with { WeightBits = LayerPrecision.WideBits };

    private static IEnumerable<LayerChoice> Between(ImmutableArray<LayerChoice> options, WeightedLayer layer, LayerStatistics? statistics)
    {
        foreach (LayerChoice narrow in options)
        {
            if (options.FirstOrDefault(option => IsPair(narrow.Precision, option.Precision)) is not { } wide || narrow.Noise <= wide.Noise)
                continue;
            double[] salience = ChannelSalience.Of(layer, statistics, narrow.Precision.WeightBits);
            int[] order = [.. Enumerable.Range(0, layer.Outputs).OrderByDescending(channel => salience[channel])];
            double all = salience.Sum(), taken = 0;
            for (int count = 0, step = 1; step < MostSteps; step++)
            {
                int next = layer.Outputs * step / MostSteps;
                if (next == count)
                    continue;
                for (; count < next; count++)
                    taken += salience[order[count]];
                double narrowed = all > 0 ? Math.Clamp(1 - taken / all, 0, 1) : 1 - (double)count / layer.Outputs;
                double share = (double)count / layer.Outputs;
                yield return new(
                    narrow.Precision with { Wide = ChannelSet.Of(order.Take(count)) },
                    wide.Noise + (narrow.Noise - wide.Noise) * narrowed,
                    narrow.Cost.Towards(wide.Cost, share),
                    narrow.Price + (wide.Price - narrow.Price) * share);
            }
        }
    }
}
