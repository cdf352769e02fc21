using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>
/// Makes shuffles, splits and concatenations of channels the order of weights. Weights from every channel to every channel
/// read their input channels, and give their output channels, in any order as well; what works channel by channel hands the
/// order on. So a shuffle is followed back to the values its channels come from, which are joined only where they are
/// convolved, and cut only where one reader needs less than all.
/// <code>
///   %c = conv(%x, #w)                                =>    %c = conv(%x, #w)
///   %g = gather(%c, [0,2,1,3]) {axis=1}                    %y = conv(%c, #v')    ; columns 0, 2, 1, 3
///   %y = conv(%g, #v)
///
///   %c = conv(%x, #w)                                =>    %a = conv(%x, #w0)    ; rows 0 and 1
///   %a = slice(%c) {starts=[0], ends=[2], axes=[1]}        %b = conv(%x, #w1)    ; rows 2 and 3
///   %b = slice(%c) {starts=[2], ends=[4], axes=[1]}
/// </code>
/// Between them may stand functions of each element, pooling, depthwise convolutions. Sums of a convolution are taken in
/// another order; nothing else changes.
/// </summary>
public sealed record FoldShuffle : Pass
{
    /// <summary>More ranges than that are gathered.</summary>
    private const int MostRanges = 8;

    public static readonly PassDef Def = new(
        "fold-shuffle", "Makes shuffles, splits and concatenations of channels the order of weights.", _ => new FoldShuffle());

    public override string Name => "fold-shuffle";

    public override Level Accepts => Level.Canonical;

    public override Graph Run(Graph graph, PassContext context) =>
        graph.Nodes.Any(node => node.Op is Slice or Gather or Concat or Transpose) ? new Rewriter(graph).Run() : graph;

    // Where channels [First, First + Count) of a stored value are found, by position.
    private readonly record struct Part(string Name, int First, int Count);

    // Channels [First, First + Count) of a part.
    private readonly record struct Range(Part Part, int First, int Count);

    private sealed class Rewriter(Graph graph)
    {
        private readonly GraphEditor editor = new(graph);
        private readonly ChannelOrders orders = new(graph);
        private readonly Dictionary<string, List<Part>> parts = []; // of stored values
        private readonly Dictionary<string, string> made = [];
        private readonly HashSet<Node> kept = [];

        public Graph Run()
        {
            foreach (Node node in graph.Nodes.Where(node => !orders.IsMove(node)))
                Visit(node);
            // All are made before any is renamed: one may be made of what another was.
            foreach ((string output, string value) in graph.Outputs.Select(output => (output, InOrder(output, Origin.None))).ToArray())
            {
                if (value != output && !(graph.Producer(output) is { } node && kept.Contains(node)))
                    editor.Rename(output, value);
            }

            return editor.Finish(null, new Identity());
        }

        private void Visit(Node node)
        {
            string operand = ChannelRoles.Operand(graph, node);
            ChannelRole role = orders.IsStored(node.Output) ? orders.RoleOf(node) : ChannelRole.Fixed;
            bool follows = role == ChannelRole.Carried && orders.FamilyOf(node.Output).Follows;
            bool carries = role == ChannelRole.Carried && !follows;
            bool inOrder = false;
            int[]? read = null, given = carries ? orders.Carry(node, out inOrder) : null;
            var inputs = node.Inputs.ToArray();
            for (int i = 0; i < inputs.Length; i++)
            {
                if (inputs[i].Length == 0 || graph.Constants.ContainsKey(inputs[i]))
                    continue;
                if (inputs[i] == operand && carries && !inOrder)
                    inputs[i] = Parts(orders.Whole(operand)!)[0].Name;
                else if (inputs[i] == operand && !carries && orders.ReadsAnyOrder(node))
                    (inputs[i], read) = AnyOrder(operand, node.Origin);
                else
                    inputs[i] = InOrder(inputs[i], node.Origin);
            }

            if (follows && read is not null)
                orders.FamilyOf(node.Output).Order = read;
            if (role != ChannelRole.Fixed)
                given = IsNatural(orders.OrderOf(node.Output)) ? null : orders.OrderOf(node.Output);
            read = read is null || IsNatural(read) ? null : read;
            if (role == ChannelRole.Weighted && Cuts(node) is { } cuts)
                Cut(node, inputs, read, cuts);
            else
                Keep(node, inputs, read, given);
        }

        private void Keep(Node node, string[] inputs, int[]? read, int[]? given)
        {
            foreach ((int input, Tensor value) in ChannelRoles.Reordered(graph, node, given, read))
                inputs[input] = editor.AddConstant(node.Inputs[input], value);
            if (inputs.SequenceEqual(node.Inputs))
                editor.Keep(node);
            else
                editor.Replace(node, node.Op, [.. inputs]);
        }

        // One node for each part.
        private void Cut(Node node, string[] inputs, int[]? read, List<int> cuts)
        {
            TensorType type = graph.TypeOf(node.Output);
            int axis = ChannelRoles.Axis(graph, node), first = 0;
            parts[node.Output] = [];
            foreach (int count in cuts)
            {
                int[] rows = orders.OrderOf(node.Output)[first..(first + count)];
                foreach ((int input, Tensor value) in ChannelRoles.Reordered(graph, node, rows, read))
                    inputs[input] = editor.AddConstant(node.Inputs[input], value);
                string part = editor.Add(node.Output, (Operator)node.Op, [.. inputs], node.Origin, type with { Shape = type.Shape.With(axis, count) });
                parts[node.Output].Add(new(part, first, count));
                first += count;
            }
        }

        // Worth it if reading the operand again moves no more than writing and reading the parts would.
        private List<int>? Cuts(Node node)
        {
            if (orders.FamilyOf(node.Output).Parts() is not { } lengths)
                return null;
            long again = graph.TypeOf(node.Inputs[0]).Shape.ElementCount * ChannelRoles.Taps(graph, node) * (lengths.Count - 1);
            return again <= 2 * graph.TypeOf(node.Output).Shape.ElementCount ? lengths : null;
        }

        private List<Part> Parts(string value) => parts.TryGetValue(value, out List<Part>? list) ? list
            : parts[value] = [new(value, 0, orders.ImageOf(value)!.Channels.Length)];

        // A value with its channels as the model has them.
        private string InOrder(string value, Origin origin)
        {
            if (made.TryGetValue(value, out string? name))
                return name;
            if (orders.ImageOf(value) is { } view && !IsPlain(value) && !IsCut(value)
                && Ranges(view.Channels) is { Count: <= MostRanges } ranges)
                return made[value] = Join(value, view, ranges, origin);
            return made[value] = AsBefore(value, origin);
        }

        // The model's own moves, which start from values in the model's order.
        private string AsBefore(string value, Origin origin)
        {
            if (graph.Producer(value) is not { } node || !orders.IsMove(node))
                return orders.IsStored(value) ? Restored(value, origin) : value;
            if (kept.Add(node))
                Keep(node, [.. node.Inputs.Select(input => graph.Constants.ContainsKey(input) ? input : AsBefore(input, node.Origin))], null, null);
            return value;
        }

        private string Restored(string value, Origin origin)
        {
            int[] order = orders.OrderOf(value);
            ChannelView view = orders.ImageOf(value)!;
            if (IsNatural(order) && Parts(value).Count == 1)
                return value;
            if (made.TryGetValue($"{value} restored", out string? name))
                return name;
            string joined = Join(value, view, [.. Parts(value).Select(part => new Range(part, 0, part.Count))], origin);
            return made[$"{value} restored"] = IsNatural(order) ? joined : Gathered(value, view, joined, Inverse(order), origin);
        }

        // A value with its channels in an order that costs little, and which channel stands where.
        private (string Name, int[] Order) AnyOrder(string value, Origin origin)
        {
            ChannelView view = orders.ImageOf(value)!;
            if (IsPlain(value))
                return (InOrder(value, origin), [.. Enumerable.Range(0, view.Channels.Length)]);
            var channels = new List<Channel>();
            foreach (IGrouping<string, Channel> group in view.Channels.GroupBy(channel => channel.Value))
            {
                int[] place = Inverse(orders.OrderOf(group.Key));
                channels.AddRange(group.OrderBy(channel => place[channel.Index]));
            }

            Dictionary<Channel, int> numbers = view.Channels.Index().ToDictionary(c => c.Item, c => c.Index);
            string key = string.Join(' ', channels);
            if (!made.TryGetValue(key, out string? name))
                made[key] = name = Any(value, view, channels, origin);
            return (name, [.. channels.Select(channel => numbers[channel])]);
        }

        private string Any(string value, ChannelView view, List<Channel> channels, Origin origin)
        {
            var ranges = new List<Range>();
            foreach (IGrouping<string, Channel> group in channels.GroupBy(channel => channel.Value))
            {
                List<Range> some = Ranges([.. group]);
                if (some.Count > MostRanges && Parts(group.Key) is [var whole])
                {
                    int[] place = Inverse(orders.OrderOf(group.Key));
                    string gathered = Gathered(value, view, whole.Name, [.. group.Select(channel => place[channel.Index])], origin);
                    some = [new(new(gathered, 0, group.Count()), 0, group.Count())];
                }

                ranges.AddRange(some);
            }

            return Join(value, view, ranges, origin);
        }

        // A slice or concatenation of stored values, as it stands in the graph.
        private bool IsPlain(string value)
        {
            if (graph.Producer(value) is not { } node || !orders.IsMove(node))
                return orders.IsStored(value) && IsUntouched(value);
            return node.Op switch
            {
                Slice { Steps.Count: 0 } => IsUntouched(node.Inputs[0]),
                Concat => node.Inputs.All(input => IsUntouched(input) || (graph.Producer(input) is { Op: Slice { Steps.Count: 0 } } slice && IsUntouched(slice.Inputs[0]))),
                _ => false,
            };
        }

        // One move of a stored value, whatever it takes.
        private bool IsCut(string value) => graph.Producer(value) is { Op: Slice or Gather } node && IsUntouched(node.Inputs[0]);

        private bool IsUntouched(string value) =>
            orders.IsStored(value) && Parts(value) is [var part] && part.Name == value && IsNatural(orders.OrderOf(value));

        private List<Range> Ranges(IReadOnlyList<Channel> channels)
        {
            var ranges = new List<Range>();
            foreach (Channel channel in channels)
            {
                int at = Place(channel);
                Part part = Parts(channel.Value).First(p => at < p.First + p.Count);
                if (ranges.Count > 0 && ranges[^1].Part == part && at == part.First + ranges[^1].First + ranges[^1].Count)
                    ranges[^1] = ranges[^1] with { Count = ranges[^1].Count + 1 };
                else
                    ranges.Add(new(part, at - part.First, 1));
            }

            return ranges;
        }

        private readonly Dictionary<string, int[]> places = [];

        private int Place(Channel channel)
        {
            if (!places.TryGetValue(channel.Value, out int[]? place))
                places[channel.Value] = place = Inverse(orders.OrderOf(channel.Value));
            return place[channel.Index];
        }

        private string Join(string value, ChannelView view, List<Range> ranges, Origin origin)
        {
            Origin all = graph.Producer(value)?.Origin ?? origin;
            string[] pieces = [.. ranges.Select(range => range.Count == range.Part.Count ? range.Part.Name
                : editor.Add(value, Slice.Range(view.Axis, range.First, range.First + range.Count), [range.Part.Name], all, TypeOf(value, view, range.Count)))];
            return pieces.Length == 1 ? pieces[0]
                : editor.Add(value, new Concat(view.Axis), [.. pieces], all, TypeOf(value, view, ranges.Sum(range => range.Count)));
        }

        private string Gathered(string value, ChannelView view, string source, int[] places, Origin origin)
        {
            string indices = editor.AddConstant($"{value}_channels", Tensor.Of([places.Length], [.. places.Select(place => (long)place)]));
            return editor.Add(value, new Gather(view.Axis), [source, indices], graph.Producer(value)?.Origin ?? origin, TypeOf(value, view, places.Length));
        }

        private TensorType TypeOf(string value, ChannelView view, int channels) =>
            graph.TypeOf(value) with { Shape = view.Image.With(view.Axis, channels) };

        private static bool IsNatural(int[] order) => order.Index().All(place => place.Item == place.Index);

        private static int[] Inverse(int[] order)
        {
            var inverse = new int[order.Length];
            for (int i = 0; i < order.Length; i++)
                inverse[order[i]] = i;
            return inverse;
        }
    }
}
