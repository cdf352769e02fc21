using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;

namespace Edgec.Passes;

/// <summary>
/// Merges neighbouring transposes and neighbouring reshapes, drops those that come out as nothing, and lets matrix
/// products read their operands transposed.
/// <code>
///   %t = transpose(%x) {perm=[0,2,3,1]}    =>    %y = transpose(%x) {perm=[0,3,2,1]}
///   %y = transpose(%t) {perm=[0,2,1,3]}
///
///   %r = reshape(%x) {shape=[1,6]}         =>    %y = reshape(%x) {shape=[2,3]}
///   %y = reshape(%r) {shape=[2,3]}
///
///   %t = transpose(%b) {perm=[0,2,1]}      =>    %y = matmul(%a, %b) {transpose_b=1}
///   %y = matmul(%a, %t)
///
///   %t = transpose(%a) {perm=[0,2,1]}      =>    %p = matmul(%b, %a)
///   %y = matmul(%t, %b) {transpose_b=1}          %y = transpose(%p) {perm=[0,2,1]}
/// </code>
/// The last one spares nothing itself, but the transpose behind a product often meets one that cancels it. A transpose
/// that only moves axes of extent 1 is a reshape, and merges with those.
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
        foreach (Node node in graph.Nodes)
        {
            if ((Merged(editor, node) ?? Multiplied(editor, node)) is { } value)
                editor.Rename(node.Output, value);
            else
                editor.Keep(node);
        }

        return editor.Finish(null, new Identity());
    }

    // The value of the one move that does what this node and the one before it do; null if it stays.
    private static string? Merged(GraphEditor editor, Node node)
    {
        if (node.Inputs.Length != 1 || editor.Producer(node.Inputs[0]) is not { Inputs: [var source] } before)
            return null;
        TensorType from = editor.TypeOf(source), to = editor.TypeOf(node.Output);
        if (from.Quantization != to.Quantization)
            return null;
        Operator? op = (before.Op, node.Op) switch
        {
            (Reshape, Reshape) when from.Shape == to.Shape => new Identity(),
            (Reshape, Reshape reshape) => reshape,
            (Transpose first, Transpose second) => Composed(first, second, from, to),
            _ => null,
        };
        return op switch
        {
            null => null,
            Identity => source,
            _ => editor.Add(node.Output, op, [source], before.Origin.Union(node.Origin), to),
        };
    }

    // y[i] = t[q[i]] = x[p[q[i]]]
    private static Operator Composed(Transpose first, Transpose second, TensorType from, TensorType to)
    {
        int[] composed = [.. second.Permutation.Select(axis => first.Permutation[axis])];
        int[] moved = [.. composed.Where(axis => from.Shape[axis] != 1)];
        return composed.SequenceEqual(Enumerable.Range(0, composed.Length)) ? new Identity()
            : moved.Order().SequenceEqual(moved) ? new Reshape([.. to.Shape])
            : new Transpose([.. composed]);
    }

    private static string? Multiplied(GraphEditor editor, Node node)
    {
        if (node is not { Op: MatMul matmul, Inputs: [var a, var b, ..] })
            return null;
        TensorType type = editor.TypeOf(node.Output);
        bool changed = false;
        if (editor.Producer(b) is { } right && SwapsMatrix(right))
            (b, matmul, changed) = (right.Inputs[0], matmul with { TransposeB = !matmul.TransposeB }, true);

        // a'·b' = (b·a)'; the batches must not be broadcast into one another's place, nor a bias along the columns.
        if (node.Inputs.Length == 2 && matmul.TransposeB && editor.Producer(a) is { } left && SwapsMatrix(left)
            && editor.ConstantOf(b) is null && type.Shape.Rank >= 2)
        {
            EquatableArray<int> swap = [.. Enumerable.Range(0, type.Shape.Rank - 2), type.Shape.Rank - 1, type.Shape.Rank - 2];
            TensorType swapped = type with { Shape = type.Shape.Permute(swap.AsSpan()) };
            string product = editor.Add(node.Output, matmul with { TransposeB = false }, [b, left.Inputs[0]], node.Origin, swapped);
            return editor.Add(node.Output, new Transpose(swap), [product], node.Origin, type);
        }

        ImmutableArray<string> inputs = [a, b, .. node.Inputs[2..]];
        return changed ? editor.Add(node.Output, matmul, inputs, node.Origin, type) : null;
    }

    // A transpose of the last two axes.
    private static bool SwapsMatrix(Node node) =>
        node is { Op: Transpose { Permutation: { Count: >= 2 } p } } && p[^1] == p.Count - 2 && p[^2] == p.Count - 1
        && p.Take(p.Count - 2).SequenceEqual(Enumerable.Range(0, p.Count - 2));
}
