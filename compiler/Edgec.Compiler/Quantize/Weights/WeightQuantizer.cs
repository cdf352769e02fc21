using System.Collections.Concurrent;
using Edgec.Ir;
using Edgec.Quantize.Precision;
using Edgec.Runtime;

namespace Edgec.Quantize.Weights;

/// <summary>Chooses the integers of weights: to nearest, or by what calibration data says of their inputs.</summary>
public sealed class WeightQuantizer
{
    /// <summary>Each weight to its nearest integer.</summary>
    public static readonly WeightQuantizer Nearest = new(WeightOptimization.None, new Dictionary<Node, LayerStatistics>());

    private readonly WeightOptimization steps;
    private readonly IReadOnlyDictionary<Node, LayerStatistics> statistics;
    private readonly ConcurrentDictionary<(Node, LayerPrecision), (double[] Least, QuantizedWeights Weights)>? known;

    private WeightQuantizer(
        WeightOptimization steps, IReadOnlyDictionary<Node, LayerStatistics> statistics,
        ConcurrentDictionary<(Node, LayerPrecision), (double[] Least, QuantizedWeights Weights)>? known = null) =>
        (this.steps, this.statistics, this.known) = (steps, statistics, known);

    /// <summary>Looks at the data as far as the steps need it. What is made then remembers what it has chosen: a model may be quantized by
    /// many plans.</summary>
    /// <param name="samples">Gives the samples again each time.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="done">Told how many samples are done, of how many.</param>
    public static WeightQuantizer Prepare(
        Graph graph, PrecisionAssignment precision, WeightOptimization steps,
        Func<IEnumerable<IReadOnlyDictionary<string, Tensor>>> samples, int count, Action<int, int>? done = null)
    {
        if (!steps.NeedsStatistics)
            return new(steps, new Dictionary<Node, LayerStatistics>(), []);
        WeightedLayer[] layers = [.. graph.Nodes.Where(node => !precision.Of(node).IsFloat).Select(node => WeightedLayer.Of(graph, node)).OfType<WeightedLayer>()];
        return new(steps, StatisticsCollector.Collect(graph, layers, samples, count, done), []);
    }

    /// <summary>The same choice for other weights of the same inputs.</summary>
    /// <param name="twins">For each new node the one whose inputs it reads.</param>
    public WeightQuantizer Knowing(IReadOnlyDictionary<Node, Node> twins)
    {
        var seen = new Dictionary<Node, LayerStatistics>(statistics);
        foreach ((Node node, Node twin) in twins)
        {
            if (statistics.TryGetValue(twin, out LayerStatistics? own))
                seen[node] = own;
        }

        return new(steps, seen, known);
    }

    /// <summary>The integers of a layer's weights.</summary>
    /// <param name="weights">f32.</param>
    /// <param name="axis">The axis of output channels.</param>
    /// <param name="least">The smallest scale each channel may have.</param>
    public QuantizedWeights Quantize(Graph graph, Node node, Tensor weights, int axis, LayerPrecision precision, double[] least)
    {
        if (known?.TryGetValue((node, precision), out (double[] Least, QuantizedWeights Weights) found) == true && found.Least.AsSpan().SequenceEqual(least))
            return found.Weights;
        QuantizedWeights chosen = Choose(graph, node, weights, axis, precision, least);
        if (known is not null)
            known[(node, precision)] = (least, chosen);
        return chosen;
    }

    private QuantizedWeights Choose(Graph graph, Node node, Tensor weights, int axis, LayerPrecision precision, double[] least)
    {
        if (WeightedLayer.Of(graph, node) is { } layer)
            return Rows(layer, statistics.GetValueOrDefault(node), precision, least);
        double[] scales = Scales.OfWeights(weights, axis, Highest(precision.WeightBits));
        for (int channel = 0; channel < scales.Length; channel++)
            scales[channel] = Math.Max(scales[channel], least[channel]);
        return new(Scales.RoundWeights(weights, axis, precision.WeightBits, scales), Quantization.PerChannel(axis, scales), null);
    }

    private QuantizedWeights Rows(WeightedLayer layer, LayerStatistics? seen, LayerPrecision precision, double[] least)
    {
        int inner = layer.Inner, outputs = layer.Outputs / layer.Groups;
        double[] most = Scales.OfWeights(layer.Weights, 0, 1);
        int size = precision.WeightGroup > 0 && precision.WeightGroup < inner ? precision.WeightGroup : 0;
        var integers = new sbyte[layer.Outputs * inner];
        var scales = new RowScales[layer.Outputs];
        var shifts = new float[layer.Outputs];
        for (int group = 0; group < layer.Groups; group++)
        {
            double[]? moment = seen?.SecondMoment(group, centered: steps.CorrectBias);
            double[] mean = seen?.Mean(group) ?? [], diagonal = moment is null ? [] : [.. Enumerable.Range(0, inner).Select(i => moment[i * inner + i])];
            AdaptiveRounding? rounding = steps.AdaptiveRounding && moment is not null ? new(moment, inner) : null;
            Parallel.For(group * outputs, (group + 1) * outputs, output =>
            {
                ReadOnlySpan<float> row = layer.Row(output);
                int highest = Highest(precision.BitsOf(output));
                RowScales own = scales[output] = ScalesOf(row, diagonal, most[output] / highest, least[output], size, highest);
                Span<sbyte> target = integers.AsSpan(output * inner, inner);
                if (rounding is not null)
                    rounding.Round(row, own.Weights, highest).CopyTo(target);
                else
                    Scales.RoundWeights(row, own.Weights, highest, target);
                if (seen is not null)
                    shifts[output] = (float)BiasCorrection.Shift(row, target, own.Weights, mean);
            });
        }

        GroupScales? groups = size == 0 ? null : new(size, [.. scales.SelectMany(s => s.Multipliers)]);
        Shape shape = layer.Weights.Shape;
        return new(
            precision is { WeightBits: 4, Wide: null } ? Tensor.PackI4(shape, integers) : Tensor.Of(shape, integers),
            Quantization.PerChannel(0, [.. scales.Select(s => s.Channel)]) with { Groups = groups },
            steps.CorrectBias && seen is not null ? shifts : null);
    }

    private RowScales ScalesOf(ReadOnlySpan<float> row, ReadOnlySpan<double> moments, double full, double least, int size, int highest)
    {
        if (size == 0)
            return RowScales.Uniform(Scale(row, moments, full, least, highest), row.Length);
        var groups = new double[GroupScales.Count(row.Length, size)];
        for (int group = 0; group < groups.Length; group++)
        {
            int from = group * size, count = Math.Min(size, row.Length - from);
            double most = 0;
            foreach (float weight in row.Slice(from, count))
                most = Math.Max(most, Math.Abs(weight));
            groups[group] = Scale(row.Slice(from, count), moments.IsEmpty ? [] : moments.Slice(from, count), most > 0 ? most / highest : full, 0, highest);
        }

        return RowScales.Grouped(groups, size, row.Length, least);
    }

    private double Scale(ReadOnlySpan<float> weights, ReadOnlySpan<double> moments, double full, double least, int highest) =>
        steps.ClipSearch && !moments.IsEmpty ? ClipSearch.Scale(weights, moments, full, least, highest) : Math.Max(full, least);

    private static int Highest(int bits) => (1 << (bits - 1)) - 1;
}
