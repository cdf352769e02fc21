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
/// Likewise the constants of a Where that makes such a mask at run time.
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
        HashSet<Node> choices = [.. graph.Nodes.Select(node => AttentionMask.Computed(graph, node)).OfType<AttentionMask>()
            .Select(mask => graph.Producer(AttentionMask.Sources(graph, mask.Name)[^1])).Where(node => node is { Op: Where }).OfType<Node>()];
        foreach (Node node in graph.Nodes)
        {
            string? mask = AttentionMask.Of(graph, node)?.Name;
            string[] inputs = [.. node.Inputs.Select(input => (input == mask || choices.Contains(node)) && Bounded(graph, input) is { } bounded ? editor.AddConstant(input, bounded) : input)];
            if (inputs.SequenceEqual(node.Inputs))
                editor.Keep(node);
            else
                editor.Replace(node, node.Op, [.. inputs]);
        }

        return editor.Finish(null, new Identity());
    }

    // A constant whose numbers are not all finite; null for any other value.
    private static Tensor? Bounded(Graph graph, string value) =>
        graph.ConstantOf(value) is { Element: ElementType.F32 } constant && constant.Span<float>().ContainsAnyInRange(float.NegativeInfinity, MathF.BitDecrement(Least))
            ? Tensor.Of(constant.Shape, [.. constant.Span<float>().ToArray().Select(number => Math.Max(number, Least))])
            : null;
}
