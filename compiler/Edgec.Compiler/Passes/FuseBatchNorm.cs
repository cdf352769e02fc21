using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>
/// Takes products and sums with constants along the channels, which batch normalization and biases have become, into the
/// convolution or matrix product before them, through moves that leave the channels in their place or spread them over
/// pixels.
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
            if (node.Op is Binary binary && !context.Try(node, () => fused = node.Inputs.Any(input => Fuse(editor, node, binary, input))))
                return graph;
            if (!fused)
                editor.Keep(node);
        }

        return editor.Finish(null, new Identity());
    }

    private static bool Fuse(GraphEditor editor, Node node, Binary binary, string input)
    {
        if (MoveChain.Behind(editor, input, move => KeepsChannels(editor, move)) is not { } chain || Weighted.Of(editor, chain.Start) is not { } weighted)
            return false;
        TensorType type = editor.TypeOf(node.Output);
        bool rows = chain.Start.Op is MatMul;
        if (editor.TypeOf(input) != type || chain.Moves.Any(move => rows ? !KeepsRows(editor, move) : !KeepsFirst(editor, move)))
            return false;
        int axis = chain.Moves.Length == 0 ? weighted.Axis : rows ? type.Shape.Rank - 1 : 1;
        if (PerChannel.Affine(binary, node.Inputs, editor.ConstantOf, type.Shape, axis) is not { } affine || node.Inputs[affine.Input] != input)
            return false;
        Emit(editor, node, chain, weighted, binary.Activation, Spread(chain, affine.Factor), Spread(chain, affine.Addend));
        return true;
    }

    private static void Emit(GraphEditor editor, Node node, MoveChain chain, Weighted weighted, Activation activation, double[] factor, double[] addend)
    {
        Node start = chain.Start;
        bool scales = factor.Any(f => f != 1), biased = start.HasInput(2);
        string weights = scales
            ? editor.AddConstant(start.Inputs[1], PerChannel.Scale(weighted.Weights, factor, weighted.ChannelOf))
            : start.Inputs[1];
        string bias = biased || addend.Any(a => a != 0)
            ? editor.AddConstant(biased ? start.Inputs[2] : $"{start.Output}_bias", PerChannel.Shift(weighted.Bias, factor, addend))
            : "";
        chain.Emit(editor, node, weighted.With(activation), bias.Length == 0 ? [start.Inputs[0], weights] : [start.Inputs[0], weights, bias, .. start.Inputs.Skip(3)]);
    }

    private static bool KeepsChannels(GraphEditor editor, Node move) => KeepsFirst(editor, move) || KeepsRows(editor, move);

    // [N, C, …] stays so, or gets fewer channels and more pixels.
    private static bool KeepsFirst(GraphEditor editor, Node move)
    {
        Shape from = editor.TypeOf(move.Inputs[0]).Shape, to = editor.TypeOf(move.Output).Shape;
        return move.Op switch
        {
            Reshape => from.Rank > 1 && to.Rank > 1 && from[0] == to[0] && from[1] == to[1],
            Slice slice => !slice.Axes.Contains(1),
            DepthToSpace { IsChannelsLast: false } => true,
            _ => false,
        };
    }

    // […, C] stays so.
    private static bool KeepsRows(GraphEditor editor, Node move) =>
        move.Op is Reshape && editor.TypeOf(move.Inputs[0]).Shape is [.., var before] && editor.TypeOf(move.Output).Shape is [.., var after] && before == after;

    // Numbers for the channels at the end of the chain, as those at its start need them.
    private static double[] Spread(MoveChain chain, double[] numbers)
    {
        foreach (Node move in chain.Moves.Reverse())
        {
            if (move.Op is not DepthToSpace shuffle)
                continue;
            int block = shuffle.BlockHeight * shuffle.BlockWidth;
            double[] after = numbers;
            numbers = [.. Enumerable.Range(0, after.Length * block).Select(c => after[shuffle.Mode == "DCR" ? c % after.Length : c / block])];
        }

        return numbers;
    }

    /// <summary>An operator with constant weights, no clamp yet, and a bias along one axis of its output.</summary>
    /// <param name="Axis">The output's axis of channels.</param>
    /// <param name="ChannelOf">The output channel of an element of the weights.</param>
    private sealed record Weighted(Tensor Weights, Tensor? Bias, int Axis, Func<int, int> ChannelOf, Func<Activation, Operator> With)
    {
        public static Weighted? Of(GraphEditor editor, Node node)
        {
            if (node.Op is not (Conv or DeformConv { BiasThird: true } or MatMul) || editor.ConstantOf(node.Inputs[1]) is not { Count: > 0 } weights || !weights.Element.IsFloat())
                return null;
            Tensor? bias = node.HasInput(2) ? editor.ConstantOf(node.Inputs[2]) : null;
            if (node.HasInput(2) && bias is null)
                return null;
            int rank = editor.TypeOf(node.Output).Shape.Rank, perChannel = weights.Count / weights.Shape[0];
            return node.Op switch
            {
                Conv { Activation.IsNone: true } conv =>
                    new(weights, bias, conv.ChannelsLast ? rank - 1 : 1, i => i / perChannel, a => conv with { Activation = a }),
                DeformConv { Activation.IsNone: true } deform =>
                    new(weights, bias, deform.ChannelsLast ? rank - 1 : 1, i => i / perChannel, a => deform with { Activation = a }),
                MatMul { Activation.IsNone: true, TransposeB: true } matmul when weights.Shape.Rank == 2 =>
                    new(weights, bias, rank - 1, i => i / perChannel, a => matmul with { Activation = a }),
                _ => null,
            };
        }
    }
}
