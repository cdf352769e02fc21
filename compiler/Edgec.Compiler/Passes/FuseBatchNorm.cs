using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>
/// Takes products and sums with constants along the channels, which batch normalization and biases have become, into the
/// convolution or matrix product before them.
/// <code>
///   %c = conv(%x, #w, #b)
///   %m = mul(%c, #f)           =>    %y = conv(%x, #w·f, #b·f+t)
///   %y = add(%m, #t)
/// </code>
/// Not where %c or %m has another reader, or %c a clamp.
/// </summary>
public sealed record FuseBatchNorm : Pass
{
    public static readonly PassDef Def = new(
        "fuse-batch-norm", "Takes batch normalization and added constants into the weights before them.", _ => new FuseBatchNorm());

    public override string Name => "fuse-batch-norm";

    public override Level Accepts => Level.Canonical;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            bool fused = false;
            if (node.Op is Binary binary && !context.Try(node, () => fused = Fuse(editor, node, binary)))
                return graph;
            if (!fused)
                editor.Keep(node);
        }

        return editor.Finish(null, new Identity());
    }

    private static bool Fuse(GraphEditor editor, Node node, Binary binary)
    {
        foreach (string input in node.Inputs)
        {
            if (editor.Old.HasSingleUse(input) && editor.Producer(input) is { } producer && Weighted.Of(editor, producer) is { } weighted
                && PerChannel.Affine(binary, node.Inputs, editor.ConstantOf, editor.TypeOf(node.Output).Shape, weighted.Axis) is { } affine
                && node.Inputs[affine.Input] == input && editor.TypeOf(input) == editor.TypeOf(node.Output))
            {
                Emit(editor, node, producer, weighted, binary.Activation, affine.Factor, affine.Addend);
                return true;
            }
        }

        return false;
    }

    private static void Emit(GraphEditor editor, Node node, Node producer, Weighted weighted, Activation activation, double[] factor, double[] addend)
    {
        bool scales = factor.Any(f => f != 1), biased = producer.HasInput(2);
        string weights = scales
            ? editor.AddConstant(producer.Inputs[1], PerChannel.Scale(weighted.Weights, factor, weighted.ChannelOf))
            : producer.Inputs[1];
        string bias = biased || addend.Any(a => a != 0)
            ? editor.AddConstant(biased ? producer.Inputs[2] : $"{producer.Output}_bias", PerChannel.Shift(weighted.Bias, factor, addend))
            : "";
        ImmutableArray<string> inputs = bias.Length == 0 ? [producer.Inputs[0], weights] : [producer.Inputs[0], weights, bias];
        string y = editor.Add(node.Output, weighted.With(activation), inputs, producer.Origin.Union(node.Origin), editor.TypeOf(node.Output));
        editor.Rename(node.Output, y);
    }

    /// <summary>An operator with constant weights, no clamp yet, and a bias along one axis of its output.</summary>
    /// <param name="Axis">The output's axis of channels.</param>
    /// <param name="ChannelOf">The output channel of an element of the weights.</param>
    private sealed record Weighted(Tensor Weights, Tensor? Bias, int Axis, Func<int, int> ChannelOf, Func<Activation, Operator> With)
    {
        public static Weighted? Of(GraphEditor editor, Node node)
        {
            if (node.Op is not (Conv or MatMul) || editor.ConstantOf(node.Inputs[1]) is not { Count: > 0 } weights || !weights.Element.IsFloat())
                return null;
            Tensor? bias = node.HasInput(2) ? editor.ConstantOf(node.Inputs[2]) : null;
            if (node.HasInput(2) && bias is null)
                return null;
            int rank = editor.TypeOf(node.Output).Shape.Rank, perChannel = weights.Count / weights.Shape[0];
            return node.Op switch
            {
                Conv { Activation.IsNone: true } conv =>
                    new(weights, bias, conv.ChannelsLast ? rank - 1 : 1, i => i / perChannel, a => conv with { Activation = a }),
                MatMul { Activation.IsNone: true, TransposeB: true } matmul when weights.Shape.Rank == 2 =>
                    new(weights, bias, rank - 1, i => i / perChannel, a => matmul with { Activation = a }),
                _ => null,
            };
        }
    }
}
