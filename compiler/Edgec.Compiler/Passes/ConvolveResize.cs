using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>
/// Makes interpolation by a whole factor a depthwise convolution, for targets that have engines for those only. Outputs at the same place within their block have
/// the same weights, so each place is a filter:
/// <code>
///   %y = resize(%x) {mode="linear", scales=[1,2,2,1]}
///   =>  %p = pad(%x) {mode="edge"}; %f = conv(%p, #filters) {group=C}; %y = depth-to-space(%f) {mode="CRD"}
/// </code>
/// The filters are the integers of the resize, so no bit changes. It stays where these leave 8 bits.
/// </summary>
public sealed record ConvolveResize : Pass
{
    // Beyond this the filters of a channel are larger than an image that small would be.
    private const int MostPlaces = 64;

    private static readonly ImmutableArray<int> ToLast = [0, 2, 3, 1];
    private static readonly ImmutableArray<int> ToFirst = [0, 3, 1, 2];

    public static readonly PassDef Def = new(
        "convolve-resize", "Makes interpolation by a whole factor a depthwise convolution, in integers.", _ => new ConvolveResize());

    public override string Name => "convolve-resize";

    public override Level Accepts => Level.Canonical;

    public override Level AcceptsUpTo => Level.Quantized;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            if (!IsWhole(graph, node) || !Rewrite(editor, node))
                editor.Keep(node);
        }

        return editor.Finish(null, new Identity());
    }

    private static bool IsWhole(Graph graph, Node node) =>
        node.Op is Resize && graph.TypeOf(node.Output) is { Quantization: not null, Element: ElementType.I8 } y && y.Shape.Rank == 4;

    private static bool Rewrite(GraphEditor editor, Node node)
    {
        if (((Resize)node.Op).Interpolated(InferContext.Of(editor.Old, node)) is not { } axes)
            return false;
        bool last = Stays(axes[3]);
        if (!Stays(axes[0]) || (!last && !Stays(axes[1])))
            return false;
        (ResizeAxis rows, ResizeAxis columns) = last ? (axes[1], axes[2]) : (axes[2], axes[3]);
        if (ResizeFilters.Of(((Resize)node.Op).Sampling, rows, columns) is not { } filters || filters.Places > MostPlaces)
            return false;
        string x = node.Inputs[0];
        TensorType type = editor.TypeOf(x), result = editor.TypeOf(node.Output);
        if (!last)
            x = Transposed(editor, node, x, type = Typed(type, ToLast), ToLast);
        int channels = type.Shape[3], top = filters.Height / 2, left = filters.Width / 2;
        TensorType padded = type with { Shape = [type.Shape[0], type.Shape[1] + 2 * top, type.Shape[2] + 2 * left, channels] };
        x = editor.Add(node.Output + "_padded", new Pad([0, top, left, 0, 0, top, left, 0], "edge", 0), [x], node.Origin, padded);
        string weights = editor.AddConstant(node.Output + "_filters", filters.Weights(channels), Quantization.PerTensor(1.0 / filters.Unit, 0));
        var window = new WindowAttributes([filters.Height, filters.Width], [1, 1], [1, 1], [0, 0, 0, 0]);
        TensorType places = result with { Shape = [type.Shape[0], type.Shape[1], type.Shape[2], channels * filters.Places] };
        x = editor.Add(node.Output + "_places", new Conv(window, channels, Activation.None, ChannelsLast: true), [x, weights], node.Origin, places);
        var blocks = new DepthToSpace(rows.Output / rows.Input, columns.Output / columns.Input, "CRD", IsChannelsLast: true);
        x = editor.Add(node.Output, blocks, [x], node.Origin, last ? result : Typed(result, ToLast));
        editor.Rename(node.Output, last ? x : Transposed(editor, node, x, result, ToFirst));
        return true;
    }

    private static bool Stays(in ResizeAxis axis) => axis.Input == axis.Output && axis.Scale == 1;

    private static TensorType Typed(TensorType type, ImmutableArray<int> permutation) =>
        type with { Shape = Shape.From(permutation.Select(axis => type.Shape[axis])) };

    private static string Transposed(GraphEditor editor, Node node, string x, TensorType type, ImmutableArray<int> permutation) =>
        editor.Add(node.Output, new Transpose([.. permutation]), [x], node.Origin, type);
}
