using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>
/// Makes the numbers of attention masks that close positions finite: -∞ and whatever lies below -10,000 becomes -10,000, whose
/// exponential single precision cannot tell from 0 either. So sums with masks, and scores that masks replace, can be calibrated.
/// <code>
///   %m = add(%scores, #mask)      =>    %m = add(%scores, #bounded)
///   %y = softmax(%m)                    %y = softmax(%m)
/// </code>
/// Likewise the constants of a Where that makes such a mask at run time; where somebody else reads it, the mask is made a second time.
/// </summary>
public sealed record BoundMasks : Pass
{
    private const float Least = -10_000;

    public static readonly PassDef Def = new(
        "bound-masks", "Makes the infinite numbers of attention masks finite.", _ => new BoundMasks());

    public override string Name => "bound-masks";

    public override Level Accepts => Level.Canonical;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        string[] computed = [.. graph.Nodes.Select(node => AttentionMask.Computed(graph, node)?.Name).OfType<string>().Distinct()];
        HashSet<Node> choices = [.. computed.Select(mask => AttentionMask.Origins(graph, mask)).Where(moved => moved.Length == AttentionMask.Sources(graph, moved[0]).Length)
            .Select(moved => graph.Producer(moved[^1])).Where(node => node is { Op: Where }).OfType<Node>()];
        var copies = new Dictionary<string, string>();
        foreach (Node node in graph.Nodes)
        {
            string? mask = AttentionMask.Of(graph, node)?.Name, made = AttentionMask.Computed(graph, node)?.Name;
            string[] inputs = [.. node.Inputs.Select(input =>
                (input == mask || choices.Contains(node)) && Bounded(graph, input) is { } bounded ? editor.AddConstant(input, bounded) : input == made ? Copied(input) : input)];
            if (inputs.SequenceEqual(node.Inputs))
                editor.Keep(node);
            else
                editor.Replace(node, node.Op, [.. inputs]);
        }

        return editor.Finish(null, new Identity());

        // A mask that is no mask only, made again with bounded constants; any other as it is.
        string Copied(string mask)
        {
            if (copies.TryGetValue(mask, out string? copy))
                return copy;
            string[] moved = [.. AttentionMask.Origins(graph, mask)];
            if (graph.Producer(moved[^1]) is not { Op: Where } choice || choices.Contains(choice) || choice.Inputs.All(input => Bounded(graph, input) is null))
                return copies[mask] = mask;
            copy = editor.Add(moved[^1], choice.Op, [.. choice.Inputs.Select(input => Bounded(graph, input) is { } bounded ? editor.AddConstant(input, bounded) : input)], choice.Origin, graph.TypeOf(moved[^1]));
            foreach (string value in moved.SkipLast(1).Reverse())
                copy = editor.Add(value, graph.Producer(value)!.Op, [copy], graph.Producer(value)!.Origin, graph.TypeOf(value));
            return copies[mask] = copy;
        }
    }

    // A constant whose numbers are not all finite; null for any other value.
    private static Tensor? Bounded(Graph graph, string value) =>
        graph.ConstantOf(value) is { Element: ElementType.F32 } constant && constant.Span<float>().ContainsAnyInRange(float.NegativeInfinity, MathF.BitDecrement(Least))
            ? Tensor.Of(constant.Shape, [.. constant.Span<float>().ToArray().Select(number => Math.Max(number, Least))])
            : null;
}
