using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Quantize.Channels;

/// <summary>
/// Follows channels in another order through a graph, float or quantized, to the layers that sum over them, and puts constants in that
/// order on the way. Nothing is computed otherwise: exact sums have no order, and all between works on each channel alone.
/// <code>
///   conv -> relu -> + #c -> depthwise -> global mean -> conv
///           same    c in order, rows in order, same,   columns in order
/// </code>
/// </summary>
internal sealed class ChannelFolding(GraphEditor editor)
{
    private readonly Dictionary<string, ChannelOrder> orders = [];
    private readonly Dictionary<string, string> sources = []; // the value each order began at
    private readonly Graph graph = editor.Old;

    /// <summary>Says that a value of the old graph has its channels in another order from here on.</summary>
    public void Begin(string value, ChannelOrder order) => (orders[value], sources[value]) = (order, value);

    /// <summary>Where the order of a node's operands began.</summary>
    public string SourceOf(IEnumerable<string> values) => sources[values.First(IsOrdered)];

    /// <summary>True if a value of the old graph has its channels in another order.</summary>
    public bool IsOrdered(string value) => orders.ContainsKey(value);

    /// <summary>What a node has to read instead of its inputs, so that its results are the same, perhaps in another order.</summary>
    /// <param name="fault">Why it cannot follow, as a sentence behind "but"; null if it can.</param>
    public ImmutableArray<string> Follow(Node node, out string? fault)
    {
        string[] inputs = [.. node.Inputs];
        (ChannelOrder? order, fault) = (node.Op is Branched branched ? branched.Layer : node.Op) switch
        {
            Conv { ChannelsLast: true } conv when OnlyFirst(node) is { } x && x.Axis == Rank(node.Inputs[0]) - 1 => Convolve(node, conv, x, inputs),
            MatMul { TransposeB: true } when OnlyFirst(node) is { } x && x.Axis == Rank(node.Inputs[0]) - 1 && Rank(node.Inputs[1]) == 2 => Contract(node, 1, x, inputs),
            Unary or Rescale or Ops.Quantize or Dequantize or Identity => (OnlyFirst(node), null),
            PoolOperator { ChannelsLast: true } when OnlyFirst(node) is { } x && x.Axis == Rank(node.Inputs[0]) - 1 => (x, null),
            Binary { Axis: null } => Combine(node, inputs),
            Reduce reduce when OnlyFirst(node) is { } x => (reduce.Axes.Count == 0 || reduce.Axes.Contains(x.Axis) ? null : x, null),
            Reshape when OnlyFirst(node)?.Through(graph.TypeOf(node.Inputs[0]).Shape, graph.TypeOf(node.Output).Shape) is { } through => (through, null),
            Transpose transpose when OnlyFirst(node) is { } x => (x with { Axis = transpose.Permutation.ToList().IndexOf(x.Axis) }, null),
            Concat concat => Join(node, concat),
            Slice slice when OnlyFirst(node) is { } x && !slice.Axes.Contains(x.Axis) => (x, null),
            Pad pad when OnlyFirst(node) is { } x && pad.Pads[x.Axis] == 0 && pad.Pads[x.Axis + pad.Pads.Count / 2] == 0 => (x, null),
            _ => (null, $"{node.Op.Name} {node.Output} does not let them change places"),
        };
        if (order is not null)
            (orders[node.Output], sources[node.Output]) = (order, SourceOf(node.Inputs));
        return [.. inputs];
    }

    // The order of the first input, if that alone has one.
    private ChannelOrder? OnlyFirst(Node node) => node.Inputs.Skip(1).Any(IsOrdered) ? null : orders.GetValueOrDefault(node.Inputs[0]);

    private (ChannelOrder?, string?) Convolve(Node node, Conv conv, ChannelOrder x, string[] inputs)
    {
        if (conv.Groups == 1)
            return Contract(node, 3, x, inputs);
        if (conv.Groups != x.Order.Count || graph.ConstantOf(node.Inputs[1]) is not { } weights)
            return (null, $"{node.Output} convolves them in groups");
        ChannelOrder rows = new(x.Axis, x.Blocks(1, weights.Shape[0] / conv.Groups));
        inputs[1] = Constant(node.Inputs[1], 0, rows.Order);
        if (node.HasInput(2))
            inputs[2] = Constant(node.Inputs[2], Rank(node.Inputs[2]) - 1, rows.Order);
        return (rows, null);
    }

    private (ChannelOrder?, string?) Contract(Node node, int axis, ChannelOrder x, string[] inputs)
    {
        if (graph.ConstantOf(node.Inputs[1]) is null)
            return (null, $"{node.Output} multiplies them by numbers that change");
        if (graph.TypeOf(node.Inputs[1]).Quantization?.Groups is not null)
            return (null, $"the weights of {node.Output}, which sums over them, have scales in groups");
        inputs[1] = Constant(node.Inputs[1], axis, x.Order);
        return (null, null);
    }

    private (ChannelOrder?, string?) Combine(Node node, string[] inputs)
    {
        int rank = Rank(node.Output);
        ChannelOrder[] given = [.. node.Inputs.Where(IsOrdered).Select(input => orders[input] with { Axis = orders[input].Axis + rank - Rank(input) }).Distinct()];
        if (given is not [var order])
            return (null, $"{node.Op.Name} {node.Output} meets them in two orders");
        for (int i = 0; i < inputs.Length; i++)
        {
            int axis = order.Axis - rank + Rank(inputs[i]);
            if (IsOrdered(inputs[i]) || axis < 0 || graph.TypeOf(inputs[i]).Shape[axis] == 1)
                continue;
            if (graph.ConstantOf(inputs[i]) is null)
                return (null, $"{node.Op.Name} {node.Output} meets them in the order of {inputs[i]}");
            inputs[i] = Constant(inputs[i], axis, order.Order);
        }

        return (order, null);
    }

    private (ChannelOrder?, string?) Join(Node node, Concat concat)
    {
        if (node.Inputs.Any(input => IsOrdered(input) && orders[input].Axis != concat.Axis))
            return (null, $"{node.Op.Name} {node.Output} joins them along another axis");
        var order = new List<int>();
        foreach (string input in node.Inputs)
        {
            int from = order.Count, count = graph.TypeOf(input).Shape[concat.Axis];
            order.AddRange(orders.TryGetValue(input, out ChannelOrder? own) ? own.Order.Select(i => from + i) : Enumerable.Range(from, count));
        }

        return (new(concat.Axis, [.. order]), null);
    }

    private string Constant(string name, int axis, EquatableArray<int> order)
    {
        (Tensor values, Quantization? quantization) = ChannelOrder.Take(graph.ConstantOf(name)!, graph.TypeOf(name).Quantization, axis, order.AsSpan());
        return editor.AddConstant(name, values, quantization);
    }

    private int Rank(string value) => graph.TypeOf(value).Shape.Rank;
}
