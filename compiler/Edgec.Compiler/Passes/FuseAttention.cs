using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Kernels;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>
/// Makes one kernel of the two products of attention and the softmax between them, in a quantized graph of 8-bit activations. Its
/// result rounds once, and the probabilities need no memory. A factor on the scores, on queries or on keys, 1/√d, is taken in, and so is
/// what is added to the scores: a mask, a bias, relative positions.
/// <code>
///   %s = matmul(%q, %k)
///   %m = mul(%s, #factor)            =>   %y = attention(%q, %k, %v, #mask) {factor=, score_scale=, score_zero=}
///   %a = add(%m, #mask)
///   %p = softmax(%a) {axis=-1}
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
        var found = new Dictionary<Node, AttentionPattern>();
        foreach (Node node in graph.Nodes)
        {
            if (AttentionPattern.Of(graph, node, out _) is { } pattern && Fits(graph, pattern))
                found[pattern.Weighted] = pattern;
        }

        foreach (Node node in graph.Nodes)
        {
            if (found.TryGetValue(node, out AttentionPattern? pattern))
                Fuse(editor, pattern);
            else
                editor.Keep(node);
        }

        return editor.Finish(null, new Identity()); // what made the probabilities is dead now
    }

    private static void Fuse(GraphEditor editor, AttentionPattern pattern)
    {
        Graph graph = editor.Old;
        Node node = pattern.Weighted, product = pattern.Product;
        Origin origin = pattern.Between.Reverse().Aggregate(product.Origin, (all, next) => all.Union(next.Origin)).Union(node.Origin);
        (string q, double scaleQ, Origin ofQ) = Unscaled(editor, product.Inputs[0]);
        (string k, double scaleK, Origin ofK) = Unscaled(editor, product.Inputs[1]);
        Quantization scores = graph.TypeOf(pattern.Scores).Quantization!;
        var op = new Attention(
            ((MatMul)product.Op).TransposeB, (float)(pattern.Factor * scaleQ * scaleK), (float)scores.Scale, scores.Zero, ((MatMul)node.Op).Activation);
        ImmutableArray<string> inputs = [q, k, node.Inputs[1]];
        if (pattern.Bias is { } bias)
        {
            op = op with { BiasFactor = (float)bias.Factor, BiasRepeat = bias.Repeat };
            inputs = inputs.Add(Matrices(editor, bias, origin));
        }

        TensorType y = graph.TypeOf(node.Output);
        TensorType own = y with { Shape = [.. graph.TypeOf(product.Inputs[0]).Shape.SkipLast(1), y.Shape[^1]] };
        string result = editor.Add(node.Output, op, inputs, ofQ.Union(ofK).Union(origin), own);
        editor.Rename(node.Output, own == y ? result : editor.Add(node.Output, Reshape.To(y.Shape), [result], node.Origin, y));
    }

    // The bias as [Count, Rows or 1, Columns].
    private static string Matrices(GraphEditor editor, AddedScores bias, Origin origin)
    {
        TensorType type = editor.Old.TypeOf(bias.Value);
        if (type.Shape == bias.Shape)
            return bias.Value;
        return editor.Old.ConstantOf(bias.Value) is { } constant
            ? editor.AddConstant(bias.Value, constant.Reshape(bias.Shape), type.Quantization)
            : editor.Add(bias.Value, Reshape.To(bias.Shape), [bias.Value], origin, type with { Shape = bias.Shape });
    }

    // A factor on all of a value is one on the scores too: the value before it, moved as the value itself is.
    private static (string Value, double Factor, Origin Origin) Unscaled(GraphEditor editor, string value)
    {
        Graph graph = editor.Old;
        List<Node> moves = [];
        string at = value;
        while (graph.HasSingleUse(at) && graph.Producer(at) is { } node)
        {
            if (AttentionPattern.Scaled(graph, node) is var (source, factor) && IsBytes(graph.TypeOf(source)) && graph.TypeOf(source).Shape == graph.TypeOf(at).Shape)
            {
                string moved = source;
                foreach (Node move in moves.AsEnumerable().Reverse())
                    moved = editor.Add(move.Output, move.Op, [moved], move.Origin, graph.TypeOf(move.Output) with { Quantization = graph.TypeOf(source).Quantization });
                return (moved, factor, node.Origin);
            }

            if (node is not { Op: Reshape or Transpose, Inputs.Length: 1 })
                break;
            moves.Add(node);
            at = node.Inputs[0];
        }

        return (value, 1, Origin.None);
    }

    private static bool IsBytes(TensorType type) => type is { Element: ElementType.I8, Quantization.Axis: < 0 };

    // All is 8-bit; keys and values are of the queries' batches, or of one for all; and the kernel's numbers are within reach.
    private bool Fits(Graph graph, AttentionPattern pattern)
    {
        Node product = pattern.Product, weighted = pattern.Weighted;
        string[] values = [.. product.Inputs, weighted.Inputs[1], weighted.Output, pattern.Scores, .. pattern.Between.Select(node => node.Output)];
        if (!values.All(value => IsBytes(graph.TypeOf(value))) || (pattern.Bias is { } bias && !(IsBytes(graph.TypeOf(bias.Value)) && WithinReach(graph, pattern, bias))))
            return false;
        Shape q = graph.TypeOf(product.Inputs[0]).Shape, k = graph.TypeOf(product.Inputs[1]).Shape, v = graph.TypeOf(weighted.Inputs[1]).Shape;
        TensorType y = graph.TypeOf(weighted.Output);
        if (q.Rank < 2 || k.Rank < 2 || v.Rank < 2 || v[^2] == 0 || v[^2] > Columns)
            return false;
        long batch = q.Product(0, q.Rank - 2), contexts = k.Product(0, k.Rank - 2);
        return contexts == v.Product(0, v.Rank - 2) && (contexts == batch || contexts == 1)
            && y.Shape.Product(0, y.Shape.Rank - 2) == batch
            && Attention.Multiplier(graph.TypeOf(weighted.Inputs[1]).Quantization!.Scale / y.Quantization!.Scale, v[^2]) is not null;
    }

    private static bool WithinReach(Graph graph, AttentionPattern pattern, AddedScores bias)
    {
        Quantization scores = graph.TypeOf(pattern.Scores).Quantization!;
        double product = graph.TypeOf(pattern.Product.Inputs[0]).Quantization!.Scale * graph.TypeOf(pattern.Product.Inputs[1]).Quantization!.Scale * pattern.Factor;
        return FixedPoint.Biased(
            product / scores.Scale, graph.TypeOf(bias.Value).Quantization!.Scale * bias.Factor / scores.Scale, scores.Zero, sbyte.MinValue, sbyte.MaxValue, graph.Rounding) is not null;
    }
}
