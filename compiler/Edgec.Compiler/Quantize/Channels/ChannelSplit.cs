using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Quantize.Precision;
using Edgec.Runtime;

namespace Edgec.Quantize.Channels;

/// <summary>
/// Makes of a layer some of whose output channels have weights of 8 bits and the others of 4 two layers of one input
/// (after Zheng et al. 2024, "MixLLM", §3). Wide channels come first; the change of places is put into the constants of what reads them,
/// see <see cref="ChannelFolding"/>. The integers stay the same, so every result does.
/// <code>
///   %y = conv(%x, #w : i8[64,..])     =>     %y_wide   = conv(%x, #w_wide   : i8[12,..])
///                                            %y_narrow = conv(%x, #w_narrow : i4[52,..])
///   %z = conv(%y, #v)                        %y = concat(%y_wide, %y_narrow)
///                                            %z = conv(%y, #v with input channels in that order)
/// </code>
/// </summary>
public static class ChannelSplit
{
    /// <summary>The layer that computes a value: what stands before a rescale to the value's type.</summary>
    public static Node? LayerOf(Graph graph, string value)
    {
        Node? layer = graph.Producer(value);
        while (layer?.Op is Rescale)
            layer = graph.Producer(layer.Inputs[0]);
        return layer;
    }

    /// <summary>Splits layers of a float or quantized graph.</summary>
    /// <param name="wide">The wide channels by the layer's value.</param>
    /// <param name="faults">Gets those whose channels cannot change places, and why. What is returned then is of no use.</param>
    public static Graph Run(Graph graph, IReadOnlyDictionary<string, ChannelSet> wide, ICollection<(string Value, string Why)> faults)
    {
        Dictionary<Node, string> layers = wide.Where(pair => LayerOf(graph, pair.Key) is not null).ToDictionary(pair => LayerOf(graph, pair.Key)!, pair => pair.Key);
        if (layers.Count == 0)
            return graph;
        var editor = new GraphEditor(graph);
        var folding = new ChannelFolding(editor);
        foreach (Node node in graph.Nodes)
        {
            ImmutableArray<string> inputs = node.Inputs;
            string? fault = null;
            if (node.Inputs.Any(folding.IsOrdered))
                inputs = folding.Follow(node, out fault);
            if (fault is not null)
                faults.Add((folding.SourceOf(node.Inputs), fault));
            if (layers.TryGetValue(node, out string? value) && Rows(graph, node) is { } rows && wide[value].Count < rows)
                Split(editor, folding, node, inputs, wide[value], rows);
            else if (inputs == node.Inputs)
                editor.Keep(node);
            else
                editor.Replace(node, node.Op, inputs);
        }

        foreach (string output in graph.Outputs.Where(folding.IsOrdered))
            faults.Add((folding.SourceOf([output]), $"they are the output {output} of the model"));
        return editor.Finish(null, new Identity());
    }

    /// <summary>Why a layer cannot have channels of 4 and of 8 bits, as a sentence behind "but"; null if it can.</summary>
    public static string? WhyNot(Graph graph, Node node)
    {
        if (Rows(graph, node) is not { } rows)
            return "only convolutions without groups and matrix products with constant weights have channels of their own";
        if (rows < 2)
            return "it has a single channel";
        var faults = new List<(string Value, string Why)>();
        Run(graph, new Dictionary<string, ChannelSet> { [node.Output] = ChannelSet.Of([rows - 1]) }, faults);
        return faults.Count == 0 ? null : $"its channels cannot change places: {faults[0].Why}";
    }

    /// <summary>How many output channels a layer has that can be told apart; null if none.</summary>
    public static int? Rows(Graph graph, Node node) =>
        node is { Op: Conv { ChannelsLast: true, Groups: 1 } or MatMul { TransposeB: true } } && graph.ConstantOf(node.Inputs[1]) is { } weights
        && weights.Shape.Rank == (node.Op is Conv ? 4 : 2) && (!node.HasInput(2) || graph.ConstantOf(node.Inputs[2]) is not null)
            ? weights.Shape[0]
            : null;

    private static void Split(GraphEditor editor, ChannelFolding folding, Node node, ImmutableArray<string> inputs, ChannelSet wide, int rows)
    {
        Graph graph = editor.Old;
        TensorType type = graph.TypeOf(node.Output);
        int axis = type.Shape.Rank - 1;
        int[] first = [.. Enumerable.Range(0, rows).Where(wide.Contains)], second = [.. Enumerable.Range(0, rows).Except(first)];
        string y = editor.Add(node.Output, new Concat(axis), [Part("wide", first, 8), Part("narrow", second, 4)], node.Origin, type);
        editor.Rename(node.Output, y);
        folding.Begin(node.Output, new(axis, [.. first, .. second]));

        string Part(string word, int[] channels, int bits)
        {
            ImmutableArray<string> own = [inputs[0], .. inputs.Skip(1).Select(input => input.Length == 0 ? "" : Rows(input, $"{input}_{word}", channels, bits))];
            return editor.Add($"{node.Output}_{word}", node.Op, own, node.Origin, type with { Shape = type.Shape.With(axis, channels.Length) });
        }

        string Rows(string constant, string name, int[] channels, int bits)
        {
            (Tensor values, Quantization? quantization) = ChannelOrder.Take(
                editor.ConstantOf(constant)!, editor.TypeOf(constant).Quantization, constant == inputs[1] ? 0 : editor.TypeOf(constant).Shape.Rank - 1, channels);
            return editor.AddConstant(name, bits == 4 && values.Element == ElementType.I8 ? Tensor.PackI4(values.Shape, values.Span<sbyte>()) : values, quantization);
        }
    }
}
