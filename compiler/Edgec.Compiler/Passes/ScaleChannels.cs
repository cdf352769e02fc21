using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>
/// Makes products and sums with constants along the last axis, which nothing beside them could take in, one depthwise
/// convolution with a window of one pixel. Quantized, its weights have a scale for each channel and its bias 32 bits, and it
/// rounds once; a constant operand of a product or sum has one scale for all channels, and each rounds.
/// <code>
///   %m = mul(%x, #f)          =>    %y = conv(%x, #f, #t) {group=C, channels_last=true}
///   %y = add(%m, #t)
/// </code>
/// What is added to scores of attention stays, for <c>fuse-attention</c>.
/// </summary>
public sealed record ScaleChannels : Pass
{
    public static readonly PassDef Def = new(
        "scale-channels", "Makes products and sums with constants along the channels a depthwise convolution.", _ => new ScaleChannels());

    public override string Name => "scale-channels";

    public override Level Accepts => Level.Canonical;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        HashSet<Node> scores = [.. graph.Nodes.SelectMany(node => AttentionPattern.Of(graph, node, out _)?.Between ?? [])];
        foreach (Node node in graph.Nodes)
        {
            if (scores.Contains(node) || Affine(graph, node) is null)
                editor.Keep(node);
            else if (!IsTaken(graph, node))
                Emit(editor, node);
        }

        return editor.Finish(null, new Identity());
    }

    // True if the only reader of a node's result is another product or sum of the kind, which takes it in.
    private static bool IsTaken(Graph graph, Node node) =>
        node.Op is Binary { Activation.IsNone: true } && graph.HasSingleUse(node.Output)
        && graph.Consumers(node.Output)[0] is var reader && Affine(graph, reader) is { } affine && reader.Inputs[affine.Input] == node.Output;

    private static void Emit(GraphEditor editor, Node node)
    {
        Graph graph = editor.Old;
        TensorType type = graph.TypeOf(node.Output);
        int channels = type.Shape[^1];
        var chain = new List<Node> { node };
        string x = Source(graph, node);
        while (graph.Producer(x) is { } before && Affine(graph, before) is not null && IsTaken(graph, before))
        {
            chain.Insert(0, before);
            x = Source(graph, before);
        }

        Tensor factor = Tensor.Zeros(ElementType.F32, [channels]), addend = Tensor.Zeros(ElementType.F32, [channels]);
        factor.Span<float>().Fill(1);
        foreach ((_, double[] factors, double[] addends) in chain.Select(link => Affine(graph, link)!.Value))
        {
            factor = PerChannel.Scale(factor, factors, i => i);
            addend = PerChannel.Shift(addend, factors, addends);
        }

        Origin origin = chain.Select(link => link.Origin).Aggregate((a, b) => a.Union(b));
        Shape image = type.Shape.Rank == 4 ? type.Shape : [type.Shape.Product(0, type.Shape.Rank - 2), 1, type.Shape[^2], channels];
        string source = image == type.Shape ? x : editor.Add($"{node.Output}_image", Reshape.To(image), [x], origin, TensorType.F32(image));
        ImmutableArray<string> inputs = [source, editor.AddConstant($"{node.Output}_factor", factor.Reshape([channels, 1, 1, 1]))];
        if (addend.Span<float>().IndexOfAnyExcept(0) >= 0)
            inputs = inputs.Add(editor.AddConstant($"{node.Output}_addend", addend));
        var conv = new Conv(new([1, 1], [1, 1], [1, 1], [0, 0, 0, 0]), channels, ((Binary)node.Op).Activation, ChannelsLast: true);
        string y = editor.Add(node.Output, conv, inputs, origin, TensorType.F32(image));
        editor.Rename(node.Output, image == type.Shape ? y : editor.Add(node.Output, Reshape.To(type.Shape), [y], origin, type));
    }

    private static string Source(Graph graph, Node node) => node.Inputs[Affine(graph, node)!.Value.Input];

    // The node as factor · x + addend along the last axis; null where it is something else, or the same for all channels.
    private static (int Input, double[] Factor, double[] Addend)? Affine(Graph graph, Node node)
    {
        if (node.Op is not Binary binary || graph.TypeOf(node.Output) is not { Element: ElementType.F32, Shape: { Rank: >= 2 } shape } type || shape[^1] < 2 || type.Shape.ElementCount == 0)
            return null;
        return PerChannel.Affine(binary, node.Inputs, graph.ConstantOf, shape, shape.Rank - 1) is { } affine
            && graph.TypeOf(node.Inputs[affine.Input]) == type && graph.ConstantOf(node.Inputs[1 - affine.Input])!.Count > 1
            ? affine
            : null;
    }
}
