using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Quantize;

/// <summary>Chooses the integers of weights: to nearest, or by what calibration data says of their inputs.</summary>
public sealed class WeightQuantizer
{
    /// <summary>Each weight to its nearest integer.</summary>
    public static readonly WeightQuantizer Nearest = new(WeightOptimization.None, new Dictionary<Node, LayerStatistics>());

    private readonly WeightOptimization steps;
    private readonly IReadOnlyDictionary<Node, LayerStatistics> statistics;

    private WeightQuantizer(WeightOptimization steps, IReadOnlyDictionary<Node, LayerStatistics> statistics) =>
        (this.steps, this.statistics) = (steps, statistics);

    /// <summary>Looks at the data as far as the steps need it.</summary>
    /// <param name="samples">Gives the samples again each time.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="done">Told how many samples are done, of how many.</param>
    public static WeightQuantizer Prepare(
        Graph graph, PrecisionAssignment precision, WeightOptimization steps,
        Func<IEnumerable<IReadOnlyDictionary<string, Tensor>>> samples, int count, Action<int, int>? done = null)
    {
        if (!steps.NeedsStatistics)
            return Nearest;
        WeightedLayer[] layers = [.. graph.Nodes.Where(node => !precision.Of(node).IsFloat).Select(node => WeightedLayer.Of(graph, node)).OfType<WeightedLayer>()];
        return new(steps, StatisticsCollector.Collect(graph, layers, samples, count, done));
    }

    /// <summary>The integers of a layer's weights.</summary>
    /// <param name="weights">f32.</param>
    /// <param name="axis">The axis of output channels.</param>
    /// <param name="least">The smallest scale each channel may have.</param>
    public QuantizedWeights Quantize(Graph graph, Node node, Tensor weights, int axis, LayerPrecision precision, double[] least)
    {
        int highest = (1 << (precision.WeightBits - 1)) - 1;
        double[] scales = Scales.OfWeights(weights, axis, highest);
        if (statistics.GetValueOrDefault(node) is { } seen && WeightedLayer.Of(graph, node) is { } layer)
            return Optimize(layer, seen, precision.WeightBits, scales, least);
        for (int channel = 0; channel < scales.Length; channel++)
            scales[channel] = Math.Max(scales[channel], least[channel]);
        return new(Scales.RoundWeights(weights, axis, precision.WeightBits, scales), Quantization.PerChannel(axis, scales), null);
    }

    private QuantizedWeights Optimize(WeightedLayer layer, LayerStatistics seen, int bits, double[] scales, double[] least)
    {
        int highest = (1 << (bits - 1)) - 1, inner = layer.Inner, outputs = layer.Outputs / layer.Groups;
        var integers = new sbyte[layer.Outputs * inner];
        var shifts = new float[layer.Outputs];
        for (int group = 0; group < layer.Groups; group++)
        {
            double[] mean = seen.Mean(group), moment = seen.SecondMoment(group, centered: steps.CorrectBias);
            double[] diagonal = [.. Enumerable.Range(0, inner).Select(i => moment[i * inner + i])];
            AdaptiveRounding? rounding = steps.AdaptiveRounding ? new(moment, inner) : null;
            Parallel.For(group * outputs, (group + 1) * outputs, output =>
            {
                ReadOnlySpan<float> row = layer.Row(output);
                double scale = scales[output] = steps.ClipSearch
                    ? ClipSearch.Scale(row, diagonal, scales[output], least[output], highest)
                    : Math.Max(scales[output], least[output]);
                Span<sbyte> target = integers.AsSpan(output * inner, inner);
                if (rounding is not null)
                    rounding.Round(row, scale, highest).CopyTo(target);
                else
                    Scales.RoundWeights(row, scale, highest, target);
                shifts[output] = (float)BiasCorrection.Shift(row, target, scale, mean);
            });
        }

        Shape shape = layer.Weights.Shape;
        return new(
            bits == 4 ? Tensor.PackI4(shape, integers) : Tensor.Of(shape, integers),
            Quantization.PerChannel(0, scales),
            steps.CorrectBias ? shifts : null);
    }
}
