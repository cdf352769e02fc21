using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>
/// Images that a model flattens. Each gets a shadow, flattened from the channels-last twin: the same elements of each image
/// in another order. Where that order does not matter, or can be undone in constant weights, the transpose is spared.
/// <code>
///   %f = reshape(%c) {shape=[1,CHW]}      =>    %f' = reshape(%c') {shape=[1,HWC]}
///   %y = matmul(%f, #w)                         %y  = matmul(%f', #w with columns in the order h, w, c)
///
///   %f = reshape(%c) {shape=[1,CHW]}      =>    %f' = reshape(%c') {shape=[1,HWC]}
///   %n = layer-normalization(%f)                %n' = layer-normalization(%f')
///   %y = reshape(%n) {shape=[1,C,H,W]}          %y' = reshape(%n') {shape=[1,H,W,C]}
/// </code>
/// Shadows that lead nowhere have no reader and are dropped.
/// </summary>
internal sealed class FlatImages(GraphEditor editor, Layouts layouts)
{
    private readonly Dictionary<string, (string Value, Shape Image)> shadows = [];

    /// <summary>Follows a node on shadows; true if nothing else needs to be done for it.</summary>
    public bool Visit(Node node)
    {
        if (node.Inputs.Length == 0 || node.Outputs.Length != 1)
            return false;
        if (node is { Op: Reshape, Inputs: [var x] } && layouts.HasLast(x) && editor.TypeOf(x).Shape.Rank == 4)
            Cast(node, new Reshape([.. editor.TypeOf(node.Output).Shape]), (layouts.Last(x, node.Origin), editor.TypeOf(x).Shape));
        else if (Shadowed(node) is var (index, shadow))
            return Follow(node, index, shadow);
        return false;
    }

    private bool Follow(Node node, int index, (string Value, Shape Image) shadow)
    {
        int perImage = shadow.Image.Product(1, 4);
        Shape result = editor.TypeOf(node.Output).Shape;
        switch (node.Op)
        {
            case Reshape when result == shadow.Image:
                TensorType last = Layouts.TypeLast(editor.TypeOf(node.Output));
                layouts.SetLast(node.Output, editor.Add(node.Output, new Reshape([.. last.Shape]), [shadow.Value], node.Origin, last));
                return true;
            case MatMul { TransposeB: true } when index == 0 && editor.ConstantOf(node.Inputs[1]) is { } weights
                && weights.Shape.Rank == 2 && weights.Shape[1] == perImage:
                layouts.SetFirst(node.Output, Multiply(node, shadow, weights));
                return true;
            case Reshape or Unary or Ops.Quantize or Dequantize or Rescale or FakeQuantize { Stated.Axis: < 0 }:
                Cast(node, (Operator)node.Op, shadow);
                return false;
            case Binary when node.Inputs.Length == 2 && editor.ConstantOf(node.Inputs[1 - index]) is { Count: 1 } && result == editor.TypeOf(node.Inputs[index]).Shape:
                Cast(node, (Operator)node.Op, shadow);
                return false;
            case LayerNormalization norm when result.Product(norm.Axis, result.Rank) == perImage && node.Inputs.Skip(1).All(IsUniform):
                Cast(node, norm, shadow);
                return false;
            default:
                return false;
        }
    }

    private (int Index, (string Value, Shape Image) Shadow)? Shadowed(Node node)
    {
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            if (shadows.TryGetValue(node.Inputs[i], out (string Value, Shape Image) shadow))
                return (i, shadow);
        }

        return null;
    }

    private void Cast(Node node, Operator op, (string Value, Shape Image) from)
    {
        ImmutableArray<string> inputs = [.. node.Inputs.Select(input =>
            editor.ConstantOf(input) is null ? from.Value : input)];
        shadows[node.Output] = (editor.Add(node.Output, op, inputs, node.Origin, editor.TypeOf(node.Output)), from.Image);
    }

    private string Multiply(Node node, (string Value, Shape Image) shadow, Tensor weights)
    {
        Shape image = shadow.Image;
        Tensor columns = weights.Reshape([weights.Shape[0], image[1], image[2], image[3]])
            .Transpose(Layouts.ToLast(4).AsSpan()).Reshape(weights.Shape);
        string permuted = editor.AddConstant(node.Inputs[1], columns, editor.TypeOf(node.Inputs[1]).Quantization);
        return editor.Add(
            node.Output, (Operator)node.Op, [shadow.Value, permuted, .. node.Inputs[2..]], node.Origin, editor.TypeOf(node.Output));
    }

    private bool IsUniform(string value) => editor.ConstantOf(value) is { Count: > 0 } constant
        && constant.Bytes[constant.Element.SizeOf()..].SequenceEqual(constant.Bytes[..^constant.Element.SizeOf()]);
}
