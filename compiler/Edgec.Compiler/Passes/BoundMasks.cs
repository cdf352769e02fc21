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
        foreach (Node node in graph.Nodes)
        {
            if (AttentionMask.Of(graph, node) is not { } mask || graph.ConstantOf(mask.Name) is not { } constant || !constant.Span<float>().ContainsAnyInRange(float.NegativeInfinity, MathF.BitDecrement(Least)))
            {
                editor.Keep(node);
                continue;
            }

            Tensor bounded = Tensor.Of(constant.Shape, [.. constant.Span<float>().ToArray().Select(value => Math.Max(value, Least))]);
            string name = editor.AddConstant(mask.Name, bounded);
            editor.Replace(node, node.Op, [.. node.Inputs.Select(input => input == mask.Name ? name : input)]);
        }

        return editor.Finish(null, new Identity());
    }
}
