using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>
/// Finds group normalization of images in the normalization of reshaped rows that exporters write it with, and takes a
/// following scale and shift along the channels into it.
/// <code>
///   %r = reshape(%x) {shape=[N,G,M]}
///   %n = instance-normalization(%r)        =>   %y = group-normalization(%x, #g, #b) {num_groups=G}
///   %s = reshape(%n) {shape=[N,C,H,W]}
///   %y = add(mul(%s, #g), #b)
/// </code>
/// </summary>
public sealed record RecognizeGroupNorm : Pass
{
    public static readonly PassDef Def = new(
        "recognize-group-norm", "Finds group normalization in the operators it is exported as.", _ => new RecognizeGroupNorm());

    public override string Name => "recognize-group-norm";

    public override Level Accepts => Level.Canonical;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            bool found = node.Op switch
            {
                Reshape => Regroups(editor, node),
                Binary binary => Absorbs(editor, node, binary),
                _ => false,
            };
            if (!found)
                editor.Keep(node);
        }

        return editor.Finish(null, new Identity());
    }

    // reshape(normalization(reshape(x))) where both reshapes are between x, an image, and rows
    private static bool Regroups(GraphEditor editor, Node node)
    {
        Shape shape = editor.TypeOf(node.Output).Shape;
        if (shape.Rank != 4 || Behind(editor, node) is not { } norm || Grouped(editor, norm) is not { } rows)
            return false;
        for (Node? from = editor.Producer(norm.Inputs[0]); from is { Op: Reshape, Inputs: [var x] }; from = editor.Producer(x))
        {
            // [N, C, H, W] has whole channels in each row.
            if (editor.TypeOf(x).Shape != shape || rows.Count % Math.Max(shape[0], 1) != 0 || shape[1] % (rows.Count / Math.Max(shape[0], 1)) != 0)
                continue;
            int groups = rows.Count / shape[0];
            if (rows.Scale.Length != 1 && rows.Scale.Length != groups)
                return false;
            Tensor Spread(float[] values) => Tensor.Of([shape[1]], [.. Enumerable.Range(0, shape[1]).Select(c => values[c * values.Length / shape[1]])]);
            string y = editor.Add(
                node.Output, new GroupNormalization(groups, rows.Epsilon),
                [x, editor.AddConstant($"{node.Output}_scale", Spread(rows.Scale)), editor.AddConstant($"{node.Output}_bias", Spread(rows.Bias))],
                norm.Origin.Union(node.Origin), editor.TypeOf(node.Output));
            editor.Rename(node.Output, y);
            return true;
        }

        return false;
    }

    // The normalization before a chain of reshapes that nothing else reads.
    private static Node? Behind(GraphEditor editor, Node node)
    {
        Node? before = node;
        while (before is { Op: Reshape, Inputs: [var x] } && editor.Old.Consumers(x).Length <= 1 && !editor.Old.IsOutput(x))
            before = editor.Producer(x);
        return before is { Op: GroupNormalization { ChannelsLast: false } or LayerNormalization, Outputs.Length: 1 } ? before : null;
    }

    // The number of rows, and the parameters: one number for each row of an image, or one for all.
    private static (int Count, float[] Scale, float[] Bias, float Epsilon)? Grouped(GraphEditor editor, Node norm)
    {
        Shape x = editor.TypeOf(norm.Inputs[0]).Shape;
        if (editor.ConstantOf(norm.Inputs[1]) is not { Count: > 0 } scale || (norm.HasInput(2) && editor.ConstantOf(norm.Inputs[2]) is null))
            return null;
        Tensor bias = norm.HasInput(2) ? editor.ConstantOf(norm.Inputs[2])! : Tensor.Zeros(ElementType.F32, scale.Shape);
        (int count, float epsilon, bool perChannel) = norm.Op switch
        {
            GroupNormalization op => (x[0] * (op.Groups == 0 ? x[1] : op.Groups), op.Epsilon, op.Groups == 0),
            LayerNormalization op => (x.Product(0, Extents.Axis(op.Axis, x.Rank)), op.Epsilon, false),
            _ => (0, 0f, false),
        };
        if (IsUniform(scale) && IsUniform(bias))
            return (count, [scale.Span<float>()[0]], [bias.Span<float>()[0]], epsilon);
        return perChannel ? (count, scale.Span<float>().ToArray(), bias.Span<float>().ToArray(), epsilon) : null;
    }

    // A group normalization and a product or sum with numbers along the channels behind it.
    private static bool Absorbs(GraphEditor editor, Node node, Binary binary)
    {
        TensorType type = editor.TypeOf(node.Output);
        if (!binary.Activation.IsNone || type.Shape.Rank != 4 || PerChannel.Affine(binary, node.Inputs, editor.ConstantOf, type.Shape, 1) is not { } affine)
            return false;
        string value = node.Inputs[affine.Input];
        if (editor.TypeOf(value) != type || editor.Old.Consumers(value).Length > 1 || editor.Old.IsOutput(value)
            || editor.Producer(value) is not { Op: GroupNormalization { ChannelsLast: false }, Outputs.Length: 1 } norm
            || editor.ConstantOf(norm.Inputs[1]) is not { } scale || editor.ConstantOf(norm.Inputs[2]) is not { } bias)
            return false;
        ImmutableArray<string> inputs =
        [
            norm.Inputs[0],
            editor.AddConstant($"{node.Output}_scale", PerChannel.Scale(scale, affine.Factor, i => i)),
            editor.AddConstant($"{node.Output}_bias", PerChannel.Shift(bias, affine.Factor, affine.Addend)),
        ];
        editor.Rename(node.Output, editor.Add(node.Output, norm.Op, inputs, norm.Origin.Union(node.Origin), type));
        return true;
    }

    private static bool IsUniform(Tensor tensor) => tensor.Span<float>().IndexOfAnyExcept(tensor.Span<float>()[0]) < 0;
}
