using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Quantize.Weights;

/// <summary>
/// Moves scales of channels from one layer's weights to the next's, so that no channel needs a range that others waste
/// (cross-layer equalization, Nagel et al. 2019, §4.1). Channel c between two layers is divided by s before and multiplied by
/// s behind, s = √(max|W1[c,:]| / max|W2[:,c]|). The network's meaning stays where all between is positively homogeneous
/// (relu, leaky relu, pooling) and only the second layer reads it.
/// <code>
///   conv1 -> relu -> conv2     =>     conv1 / s -> relu -> conv2 · s
/// </code>
/// </summary>
public static class Equalization
{
    private const int Sweeps = 4;
    private const double MostFactor = 256;

    /// <summary>The graph with equalized constants; the same graph if there is nothing to do.</summary>
    public static Graph Run(Graph graph)
    {
        (WeightedLayer First, WeightedLayer Second)[] pairs = [.. Pairs(graph)];
        if (pairs.Length == 0)
            return graph;
        ImmutableDictionary<string, Tensor>.Builder constants = graph.Constants.ToBuilder();
        foreach (string name in pairs.SelectMany(pair => Parameters(pair.First.Node).Append(pair.Second.Node.Inputs[1])).Distinct())
            constants[name] = Tensor.Of(constants[name].Shape, constants[name].Span<float>());
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            foreach ((WeightedLayer first, WeightedLayer second) in pairs)
                Equalize(first, second, constants);
        }

        return graph.With(constants: constants.ToImmutable());
    }

    private static IEnumerable<(WeightedLayer, WeightedLayer)> Pairs(Graph graph)
    {
        foreach (Node node in graph.Nodes)
        {
            if (WeightedLayer.Of(graph, node) is { } first && OwnConstants(graph, node) && IsHomogeneous(ActivationOf(node))
                && Reader(graph, node.Output, first.Outputs) is { } second && SameExperts(node, second.Node))
            {
                yield return (first, second);
            }
        }
    }

    // The layer that alone reads a value, perhaps through operators that keep channels apart and scale with them.
    private static WeightedLayer? Reader(Graph graph, string value, int channels)
    {
        while (graph.HasSingleUse(value))
        {
            Node reader = graph.Consumers(value)[0];
            if (WeightedLayer.Of(graph, reader) is { } layer)
                return reader.Inputs[0] == value && OwnConstants(graph, reader) && layer.Inner / Area(layer) * layer.Groups == channels ? layer : null;
            Shape shape = graph.TypeOf(reader.Output).Shape;
            if (!KeepsChannels(reader) || shape.Rank == 0 || shape[^1] != channels)
                return null;
            value = reader.Output;
        }

        return null;
    }

    private static bool KeepsChannels(Node node) => node.Op switch
    {
        Unary { Function: UnaryFunction.Clip } op => IsHomogeneous(new(op.Alpha, op.Beta)),
        Unary { Function: UnaryFunction.LeakyRelu } => true,
        MaxPool { ChannelsLast: true } or AveragePool { ChannelsLast: true } => true,
        _ => false,
    };

    private static bool IsHomogeneous(Activation activation) =>
        activation.Lo is 0 or float.NegativeInfinity && activation.Hi is 0 or float.PositiveInfinity;

    private static Activation ActivationOf(Node node) => node.Op switch
    {
        Conv conv => conv.Activation,
        MatMul product => product.Activation,
        ExpertMatMul product => product.Activation,
        _ => Activation.None,
    };

    private static bool OwnConstants(Graph graph, Node node) =>
        Parameters(node).All(input => graph.ConstantOf(input) is not null && graph.HasSingleUse(input));

    // Weights and bias.
    private static IEnumerable<string> Parameters(Node node) => node.Inputs.Skip(1).Take(2).Where(input => input.Length > 0);

    private static bool SameExperts(Node first, Node second) =>
        first.Op is ExpertMatMul == second.Op is ExpertMatMul && (first.Op is not ExpertMatMul || first.Inputs[ExpertMatMul.Indices] == second.Inputs[ExpertMatMul.Indices]);

    private static int Area(WeightedLayer layer) => layer.Window is { } g ? g.KernelHeight * g.KernelWidth : 1;

    private static void Equalize(WeightedLayer first, WeightedLayer second, ImmutableDictionary<string, Tensor>.Builder constants)
    {
        Span<float> w1 = constants[first.Node.Inputs[1]].Span<float>(), w2 = constants[second.Node.Inputs[1]].Span<float>();
        Span<float> bias = first.Node.HasInput(2) ? constants[first.Node.Inputs[2]].Span<float>() : [];
        int perGroup = second.Inner / Area(second), outputs = second.Outputs / second.Groups;
        for (int channel = 0; channel < first.Outputs; channel++)
        {
            Span<float> row = w1.Slice(channel * first.Inner, first.Inner);
            int group = channel / perGroup;
            double before = 0, behind = 0;
            foreach (float weight in row)
                before = Math.Max(before, Math.Abs(weight));
            for (int output = group * outputs; output < (group + 1) * outputs; output++)
            {
                for (int i = channel % perGroup; i < second.Inner; i += perGroup)
                    behind = Math.Max(behind, Math.Abs(w2[output * second.Inner + i]));
            }

            if (before == 0 || behind == 0)
                continue;
            float factor = (float)Math.Clamp(Math.Sqrt(before / behind), 1 / MostFactor, MostFactor);
            foreach (ref float weight in row)
                weight /= factor;
            if (!bias.IsEmpty)
                bias[channel] /= factor;
            for (int output = group * outputs; output < (group + 1) * outputs; output++)
            {
                for (int i = channel % perGroup; i < second.Inner; i += perGroup)
                    w2[output * second.Inner + i] *= factor;
            }
        }
    }
}
