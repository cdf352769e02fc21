using Edgec.Ir;
using Edgec.Ops;

namespace Edgec.Passes;

/// <summary>
/// Merges neighbouring transposes and neighbouring reshapes, and drops those that come out as nothing.
/// <code>
///   %t = transpose(%x) {perm=[0,2,3,1]}    =>    %y = transpose(%x) {perm=[0,3,2,1]}
///   %y = transpose(%t) {perm=[0,2,1,3]}
///
///   %r = reshape(%x) {shape=[1,6]}         =>    %y = reshape(%x) {shape=[2,3]}
///   %y = reshape(%r) {shape=[2,3]}
/// </code>
/// A transpose that only moves axes of extent 1 is a reshape, and merges with those.
/// </summary>
public sealed record EliminateTransposes : Pass
{
    public static readonly PassDef Def = new(
        "eliminate-transposes", "Merges and cancels neighbouring transposes and reshapes.", _ => new EliminateTransposes());

    public override string Name => "eliminate-transposes";

    public override Level Accepts => Level.Canonical;

    public override Level AcceptsUpTo => Level.Quantized;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        var moves = new Dictionary<string, (Operator Op, string Source)>(); // by the new name of what they define
        foreach (Node node in graph.Nodes)
        {
            if (Merged(editor, moves, node) is not { } move)
            {
                editor.Keep(node);
                if (node.Op is Reshape { Shape.Count: > 0 } or Transpose { Permutation.Count: > 0 } && node.Inputs.Length == 1)
                    moves[node.Output] = ((Operator)node.Op, editor.Current(node.Inputs[0]));
                continue;
            }

            string value = move.Op is Identity ? move.Source : editor.Add(node.Output, move.Op, [move.Source], node.Origin, editor.TypeOf(node.Output));
            editor.Rename(node.Output, value);
            if (move.Op is not Identity)
                moves[value] = move;
        }

        return editor.Finish(null, new Identity());
    }

    // The one move that does what this node and the one before it do; an identity if nothing is left, null if it stays.
    private static (Operator Op, string Source)? Merged(GraphEditor editor, Dictionary<string, (Operator Op, string Source)> moves, Node node)
    {
        if (node.Inputs.Length != 1 || !moves.TryGetValue(editor.Current(node.Inputs[0]), out (Operator Op, string Source) before))
            return null;
        TensorType source = editor.TypeOf(before.Source), result = editor.TypeOf(node.Output);
        if (source.Quantization != result.Quantization)
            return null;
        return (before.Op, node.Op) switch
        {
            (Reshape, Reshape) when source.Shape == result.Shape => (new Identity(), before.Source),
            (Reshape, Reshape reshape) => (reshape, before.Source),
            (Transpose first, Transpose second) => Composed(first, second, source, result, before.Source),
            _ => null,
        };
    }

    // y[i] = t[q[i]] = x[p[q[i]]]
    private static (Operator, string) Composed(Transpose first, Transpose second, TensorType source, TensorType result, string value)
    {
        int[] composed = [.. second.Permutation.Select(axis => first.Permutation[axis])];
        int[] moved = [.. composed.Where(axis => source.Shape[axis] != 1)];
        return composed.SequenceEqual(Enumerable.Range(0, composed.Length)) ? (new Identity(), value)
            : moved.Order().SequenceEqual(moved) ? (new Reshape([.. result.Shape]), value)
            : (new Transpose([.. composed]), value);
    }
}
