using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>What the order of channels is to a node.</summary>
internal enum ChannelRole
{
    /// <summary>Reads channels in the model's order, and gives them in the model's order.</summary>
    Fixed,

    /// <summary>Has constant weights from every channel to every channel: reads any order and gives any order.</summary>
    Weighted,

    /// <summary>Does the same to each channel, or what a constant says for each: the order of its input is that of its result.</summary>
    Carried,
}

/// <summary>Which nodes can take an order of channels into their constants, and how.</summary>
internal static class ChannelRoles
{
    /// <param name="axis">The axis of channels of the operand; -1 if it has none.</param>
    /// <param name="operand">The operand whose channels it is about.</param>
    public static ChannelRole Of(Graph graph, Node node, int axis, string operand)
    {
        if (node.Outputs.Length != 1 || graph.TypeOf(node.Output).Shape is not { Rank: >= 2 } y)
            return ChannelRole.Fixed;
        if (Weights(graph, node) is { } weights)
        {
            bool perChannel = node.Op is Conv or DeformConv && weights.Shape[1] == 1 && Groups(node) == weights.Shape[0] && weights.Shape[0] > 1;
            return Groups(node) == 1 ? ChannelRole.Weighted : perChannel && axis == 1 ? ChannelRole.Carried : ChannelRole.Fixed;
        }

        if (axis < 0 || graph.TypeOf(operand).Shape is not { } x || x.Rank != y.Rank || x[axis] != y[axis] || node.Inputs[0] != operand && node.Op is not Binary)
            return ChannelRole.Fixed;
        bool carried = node.Op switch
        {
            Unary => true,
            Binary { Axis: null } binary => node.Inputs.Length == 2 && x == y && node.Inputs.Count(graph.Constants.ContainsKey) == 1
                && PerChannel.Read(graph.ConstantOf(node.Inputs[1 - node.Inputs.IndexOf(operand)])!, y, axis) is not null,
            PoolOperator pool => !pool.ChannelsLast && axis == 1,
            Reduce reduce => reduce.KeepDims && node.Inputs.Length == 1 && reduce.Axes.Count > 0 && !reduce.Axes.Contains(axis),
            Slice slice => node.Inputs.Length == 1 && !slice.Axes.Contains(axis) && slice.Axes.Count > 0,
            Pad pad => node.Inputs.Length == 1 && pad.Pads.Count == 2 * x.Rank && pad.Pads[axis] == 0 && pad.Pads[axis + x.Rank] == 0,
            Resize resize => node.Inputs.Length == 1 && resize.Roi.Count == 0 && (resize.Scales.Count == 0 || resize.Scales[axis] == 1),
            _ => false,
        };
        return carried ? ChannelRole.Carried : ChannelRole.Fixed;
    }

    /// <summary>The operand whose channels a node may read in another order.</summary>
    public static string Operand(Graph graph, Node node) =>
        node.Op is Binary && graph.Constants.ContainsKey(node.Inputs[0]) ? node.Inputs[1] : node.Inputs.FirstOrDefault() ?? "";

    /// <summary>The axis of channels of a weighted node's operand and result.</summary>
    public static int Axis(Graph graph, Node node) => node.Op is MatMul ? graph.TypeOf(node.Output).Shape.Rank - 1 : 1;

    /// <summary>Elements of the operand that one output element needs, and how often they are read.</summary>
    public static int Taps(Graph graph, Node node) => node.Op is MatMul ? 1 : graph.TypeOf(node.Inputs[1]).Shape.Product(2, 4);

    /// <summary>The constant operands of a node that has weights, with its output and input channels in the given order.</summary>
    /// <param name="rows">Output channels; null for all as they are.</param>
    /// <param name="columns">Input channels; null for all as they are.</param>
    public static IEnumerable<(int Input, Tensor Value)> Reordered(Graph graph, Node node, int[]? rows, int[]? columns)
    {
        if (Weights(graph, node) is { } weights)
        {
            if (rows is not null && node.HasInput(2))
                yield return (2, Take(graph.ConstantOf(node.Inputs[2])!, 0, rows));
            Tensor value = rows is null ? weights : Take(weights, 0, rows);
            value = columns is null || Groups(node) != 1 ? value : Take(value, 1, columns);
            if (!ReferenceEquals(value, weights))
                yield return (1, value);
        }
        else if (node.Op is Binary && rows is not null)
        {
            int input = graph.Constants.ContainsKey(node.Inputs[0]) ? 0 : 1;
            Tensor constant = graph.ConstantOf(node.Inputs[input])!;
            if (constant.Count > 1)
                yield return (input, Take(constant, constant.Shape.ToArray().IndexOf(constant.Count), rows));
        }
    }

    // In float and constant, with a constant bias if any.
    private static Tensor? Weights(Graph graph, Node node)
    {
        bool reads = node.Op switch
        {
            Conv { ChannelsLast: false } => true,
            DeformConv { ChannelsLast: false, BiasThird: true, OffsetGroups: 1 } => true,
            MatMul { TransposeB: true } => graph.TypeOf(node.Inputs[1]).Shape.Rank == 2,
            _ => false,
        };
        return reads && graph.ConstantOf(node.Inputs[1]) is { Element: ElementType.F32, Count: > 0 } weights
            && (!node.HasInput(2) || graph.ConstantOf(node.Inputs[2]) is { Element: ElementType.F32, Shape.Rank: 1 }) ? weights : null;
    }

    private static int Groups(Node node) => node.Op switch
    {
        Conv conv => conv.Groups,
        DeformConv deform => deform.Groups,
        _ => 1,
    };

    /// <summary>The given places of an axis.</summary>
    private static Tensor Take(Tensor tensor, int axis, int[] places)
    {
        int size = tensor.Element.SizeOf(), run = tensor.Shape.Product(axis + 1, tensor.Shape.Rank) * size, outer = tensor.Shape.Product(0, axis);
        var bytes = new byte[outer * places.Length * run];
        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < places.Length; i++)
                tensor.Bytes.Slice((o * tensor.Shape[axis] + places[i]) * run, run).CopyTo(bytes.AsSpan((o * places.Length + i) * run));
        }

        return Tensor.FromBytes(tensor.Element, tensor.Shape.With(axis, places.Length), bytes);
    }
}
