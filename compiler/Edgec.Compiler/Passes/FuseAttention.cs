using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes;

/// <summary>
/// Makes one kernel of the two products of attention and the softmax between them, in a quantized graph of 8-bit activations. Its
/// result rounds once, and the probabilities need no memory. A factor between the first product and the softmax, 1/√d, is taken in.
/// <code>
///   %s = matmul(%q, %k)
///   %m = mul(%s, #factor)            =>   %y = attention(%q, %k, %v) {factor=, score_scale=, score_zero=}
///   %p = softmax(%m) {axis=-1}
///   %y = matmul(%p, %v)
/// </code>
/// Not where anything between has another reader, or there are more keys than <paramref name="Columns"/>.
/// </summary>
/// <param name="Columns">Most keys; 0 fuses nothing.</param>
public sealed record FuseAttention(int Columns = FuseAttention.UsualColumns) : Pass
{
    /// <summary>Rows of scores of so many keys take 8 KiB of a program's stack.</summary>
    public const int UsualColumns = 1024;

    public static readonly PassDef Def = new(
        "fuse-attention", "Makes one kernel of attention's products and softmax, in a quantized graph.", a => new FuseAttention(a.Int("columns", UsualColumns)));

    public override string Name => "fuse-attention";

    public override Level Accepts => Level.Quantized;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            if (!Fuse(editor, node))
                editor.Keep(node);
        }

        return editor.Finish(null, new Identity()); // what made the probabilities is dead now
    }

    private bool Fuse(GraphEditor editor, Node node)
    {
        TensorType y = editor.TypeOf(node.Output);
        if (!IsProduct(editor, node) || Only(editor, node.Inputs[0]) is not { Op: Softmax { Logarithm: false, Flatten: false } softmax } weights)
            return false;
        Shape shape = editor.TypeOf(weights.Output).Shape;
        if (Extents.Axis(softmax.Axis, shape.Rank) != shape.Rank - 1 || shape[^1] == 0 || shape[^1] > Columns || ((MatMul)node.Op).TransposeB)
            return false;
        TensorType scores = editor.TypeOf(weights.Inputs[0]);
        Node? before = Only(editor, weights.Inputs[0]);
        float factor = 1;
        Origin origin = weights.Origin.Union(node.Origin);
        if (before is { Op: Binary { Function: BinaryFunction.Multiply, Activation.IsNone: true } } scaling && Factor(editor, scaling) is var (value, known))
            (factor, origin, before) = (known, scaling.Origin.Union(origin), Only(editor, value));
        if (before is null || !IsProduct(editor, before) || !((MatMul)before.Op).Activation.IsNone)
            return false;
        string q = before.Inputs[0], k = before.Inputs[1], v = node.Inputs[1];
        var product = (MatMul)before.Op;
        if (!Fits(editor, q, k, v, y, shape[^1], product.TransposeB))
            return false;
        var op = new Attention(product.TransposeB, factor, (float)scores.Quantization!.Scale, scores.Quantization.Zero, ((MatMul)node.Op).Activation);
        editor.Rename(node.Output, editor.Add(node.Output, op, [q, k, v], before.Origin.Union(origin), y));
        return true;
    }

    // A product of two activations of 8 bits.
    private static bool IsProduct(GraphEditor editor, Node node) =>
        node.Op is MatMul && node.Inputs.Length == 2 && node.Inputs.All(input => editor.ConstantOf(input) is null && IsBytes(editor.TypeOf(input))) && IsBytes(editor.TypeOf(node.Output));

    private static bool IsBytes(TensorType type) => type is { Element: ElementType.I8, Quantization.Axis: < 0 };

    // The node that makes a value which nothing else reads.
    private static Node? Only(GraphEditor editor, string value) =>
        editor.Old.HasSingleUse(value) && editor.Producer(value) is { } node && IsBytes(editor.TypeOf(value)) ? node : null;

    // A product with one positive number.
    private static (string Value, float Factor)? Factor(GraphEditor editor, Node node)
    {
        for (int i = 0; i < 2; i++)
        {
            if (editor.ConstantOf(node.Inputs[i]) is not { Count: 1, Element: ElementType.I8 } constant || editor.TypeOf(node.Inputs[i]).Quantization is not { Axis: < 0 } quantization)
                continue;
            double factor = (constant.Integer(0) - quantization.Zero) * quantization.Scale;
            return factor > 0 ? (node.Inputs[1 - i], (float)factor) : null;
        }

        return null;
    }

    // Keys and values are of the queries' batches, or of one for all; and the kernel's numbers are within reach.
    private static bool Fits(GraphEditor editor, string q, string k, string v, TensorType y, int columns, bool byRow)
    {
        Shape queries = editor.TypeOf(q).Shape, keys = editor.TypeOf(k).Shape, values = editor.TypeOf(v).Shape;
        if (queries.Rank < 2 || keys.Rank < 2 || values.Rank < 2 || keys[byRow ? ^1 : ^2] != queries[^1] || y.Shape.Rank != queries.Rank)
            return false;
        long batch = queries.Product(0, queries.Rank - 2), contexts = keys.Product(0, keys.Rank - 2);
        return contexts == values.Product(0, values.Rank - 2) && (contexts == batch || contexts == 1)
            && y.Shape.Product(0, y.Shape.Rank - 2) == batch
            && Attention.Multiplier(editor.TypeOf(v).Quantization!.Scale / y.Quantization!.Scale, columns) is not null;
    }
}
