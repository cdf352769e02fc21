using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>Which values of a graph are channels of which others, who reads them in what order, and in which order they are best stored.</summary>
internal sealed class ChannelOrders
{
    private readonly Graph graph;
    private readonly Dictionary<string, ChannelView> views = [];
    private readonly Dictionary<string, (ChannelFamily Family, int[] ToRoot)> stored = [];
    private readonly HashSet<Node> moves = [];
    private readonly HashSet<string> asked = [];
    private readonly Dictionary<string, int[]> given = []; // orders of what is carried

    public ChannelOrders(Graph graph)
    {
        this.graph = graph;
        foreach (string input in graph.Inputs.Where(input => graph.TypeOf(input).Shape.Rank >= 2))
            Store(input, input, graph.TypeOf(input).Shape.Rank == 4 ? 1 : graph.TypeOf(input).Shape.Rank - 1, ChannelRole.Fixed);
        foreach (Node node in graph.Nodes)
            Visit(node);
        foreach (string output in graph.Outputs)
            Ask(output, inOrder: true);
        foreach (Node node in graph.Nodes.Reverse())
            AskFor(node);
    }

    /// <summary>True if a node only says which channels of stored values its result has.</summary>
    public bool IsMove(Node node) => moves.Contains(node);

    /// <summary>True for a value that is stored, and not just made of channels of others.</summary>
    public bool IsStored(string value) => stored.ContainsKey(value);

    public ChannelFamily FamilyOf(string value) => stored[value].Family;

    /// <summary>The channels of a stored value in the model's numbers, by position; known once the pass has seen the node.</summary>
    public int[] OrderOf(string value) => given.GetValueOrDefault(value) ?? stored[value].Family.Order;

    /// <summary>
    /// The order in which a node that works channel by channel gives what it reads in the order of its operand's source; the
    /// model's own where somebody reads it so and would have to move it.
    /// </summary>
    public int[] Carry(Node node, out bool inOrder)
    {
        string operand = ChannelRoles.Operand(graph, node);
        Dictionary<int, int> numbers = ImageOf(operand)!.Channels.Index().ToDictionary(c => c.Item.Index, c => c.Index);
        int[] order = [.. OrderOf(Whole(operand)!).Select(channel => numbers[channel])];
        inOrder = asked.Contains($"{node.Output} {true}") && order.Index().Any(place => place.Index != place.Item);
        return given[node.Output] = inOrder ? [.. order.Order()] : order;
    }

    /// <summary>A value as channels of stored ones, if it is an image of them; null otherwise.</summary>
    public ChannelView? ImageOf(string value) => views.GetValueOrDefault(value) is { IsImage: true } view ? view : null;

    /// <summary>What the order of channels of its operand is to a node.</summary>
    public ChannelRole RoleOf(Node node) => ChannelRoles.Of(graph, node, ImageOf(ChannelRoles.Operand(graph, node))?.Axis ?? -1, ChannelRoles.Operand(graph, node));

    /// <summary>True if a node may read these channels in any order.</summary>
    public bool ReadsAnyOrder(Node node)
    {
        string operand = ChannelRoles.Operand(graph, node);
        if (ImageOf(operand) is not { } view || view.Channels.Distinct().Count() != view.Channels.Length)
            return false;
        return RoleOf(node) switch
        {
            ChannelRole.Weighted => view.Axis == ChannelRoles.Axis(graph, node),
            ChannelRole.Carried => FamilyOf(node.Output) is { Follows: true, IsExact: false },
            _ => false,
        };
    }

    /// <summary>The stored value of which a value has all channels; null if it has not, or of several.</summary>
    public string? Whole(string value)
    {
        if (ImageOf(value) is not { } view)
            return null;
        string first = view.Channels[0].Value;
        return view.Channels.All(channel => channel.Value == first) && view.Channels.Length == stored[first].ToRoot.Length
            && view.Channels.Distinct().Count() == view.Channels.Length ? first : null;
    }

    private void Visit(Node node)
    {
        if (node.Outputs.Length != 1 || graph.TypeOf(node.Output).Shape is not { Rank: >= 2, ElementCount: > 0 } y)
            return;
        if (Moved(node) is { } moved)
        {
            views[node.Output] = moved;
            moves.Add(node);
            return;
        }

        string operand = ChannelRoles.Operand(graph, node);
        ChannelRole role = RoleOf(node);
        int axis = role switch
        {
            ChannelRole.Weighted => ChannelRoles.Axis(graph, node),
            ChannelRole.Carried => ImageOf(operand)!.Axis,
            _ => y.Rank == 4 ? 1 : y.Rank - 1,
        };
        if (role == ChannelRole.Carried && Whole(operand) is { } source)
        {
            (ChannelFamily family, int[] toRoot) = stored[source];
            family.Others++;
            stored[node.Output] = (family, [.. views[operand].Channels.Select(channel => toRoot[channel.Index])]);
            views[node.Output] = ChannelView.Of(node.Output, y, axis);
        }
        else
        {
            Store(node.Output, node.Output, axis, role);
        }
    }

    private void Store(string value, string root, int axis, ChannelRole role)
    {
        Shape shape = graph.TypeOf(value).Shape;
        if (shape.ElementCount == 0)
            return;
        var family = new ChannelFamily(root, shape[axis]) { IsFree = role == ChannelRole.Weighted, Follows = role == ChannelRole.Carried };
        stored[value] = (family, [.. Enumerable.Range(0, shape[axis])]);
        views[value] = ChannelView.Of(value, shape, axis);
    }

    private ChannelView? Moved(Node node)
    {
        if (node.Op is Concat concat)
        {
            ChannelView?[] parts = [.. node.Inputs.Select(views.GetValueOrDefault)];
            return parts.Contains(null) ? null : ChannelView.Concat(parts!, concat.Axis);
        }

        if (node.Inputs.Length == 0 || views.GetValueOrDefault(node.Inputs[0]) is not { } view)
            return null;
        return node.Op switch
        {
            Transpose transpose => view.Transpose(transpose.Permutation),
            Reshape reshape => view.Reshape(reshape.Shape),
            Slice { Axes: [var axis], Starts: [var start] } slice when node.Inputs.Length == 1 =>
                view.Select(axis, [.. Enumerable.Range(0, graph.TypeOf(node.Output).Shape[axis]).Select(i => start + i * (slice.Steps.Count == 0 ? 1 : slice.Steps[0]))]),
            Gather gather when graph.ConstantOf(node.Inputs[1]) is { Shape.Rank: 1 } indices =>
                view.Select(gather.Axis, [.. indices.Integers().Select(i => (int)(i < 0 ? i + graph.TypeOf(node.Inputs[0]).Shape[gather.Axis] : i))]),
            _ => null,
        };
    }

    private void AskFor(Node node)
    {
        if (moves.Contains(node))
            return;
        string operand = ChannelRoles.Operand(graph, node);
        bool any = ReadsAnyOrder(node), carried = IsStored(node.Output) && RoleOf(node) == ChannelRole.Carried && !FamilyOf(node.Output).Follows;
        foreach (string input in node.Inputs.Where(input => input.Length > 0 && !graph.Constants.ContainsKey(input)))
        {
            if (input != operand || !(carried || any))
                Ask(input, inOrder: true);
            else if (any)
                Ask(input, inOrder: false);
        }
    }

    private void Ask(string value, bool inOrder)
    {
        if (!asked.Add($"{value} {inOrder}"))
            return;
        if (ImageOf(value) is not { } view)
        {
            if (graph.Producer(value) is { } node && moves.Contains(node))
            {
                foreach (string input in node.Inputs.Where(input => !graph.Constants.ContainsKey(input)))
                    Ask(input, inOrder: true);
            }

            return;
        }

        foreach (IGrouping<string, Channel> part in view.Channels.GroupBy(channel => channel.Value))
        {
            (ChannelFamily family, int[] toRoot) = stored[part.Key];
            int[] channels = [.. part.Select(channel => toRoot[channel.Index])];
            family.Ask(channels, inOrder, channels.Length == view.Channels.Length);
        }
    }
}
