using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Export;

/// <summary>
/// Stores images as [N, C, H, W] again, as ONNX has them: the inverse of the pass channels-last. Operators that are channels-last
/// compute their channels-first twin; element-wise operators and a few others do so where an operand has one; all others get the
/// channels-last value back through a transpose.
/// <code>
///   %t = transpose(%x) {perm=[0,2,3,1]}                     %c' = conv(%x, #w')
///   %c = conv(%t, #w) {channels_last=1}             =>      %r' = relu(%c')
///   %r = relu(%c);  %y = reshape(%r) {shape=[1,64]}         %r  = transpose(%r') {perm=[0,2,3,1]};  %y = reshape(%r) {shape=[1,64]}
/// </code>
/// </summary>
public sealed class ChannelsFirst
{
    private static readonly EquatableArray<int> ToFirst = [0, 3, 1, 2];
    private static readonly EquatableArray<int> ToLast = [0, 2, 3, 1];

    private readonly Graph graph;
    private readonly GraphEditor editor;
    private readonly Dictionary<string, string> first = []; // the twins
    private readonly HashSet<string> last; // values that exist as they were

    private ChannelsFirst(Graph graph)
    {
        (this.graph, editor) = (graph, new(graph));
        last = [.. graph.Inputs, .. graph.Constants.Keys];
    }

    /// <param name="graph">Canonical, as <see cref="StatedGraph"/> makes it.</param>
    public static Graph Run(Graph graph)
    {
        var run = new ChannelsFirst(graph);
        foreach (Node node in graph.Nodes)
            run.Visit(node);
        foreach (string output in graph.Outputs)
            run.Last(output);
        return run.editor.Finish(null, new Identity());
    }

    private void Visit(Node node)
    {
        string x = node.Inputs.Length > 0 ? node.Inputs[0] : "";
        switch (node.Op)
        {
            case Transpose { Permutation: var permutation } when permutation == ToFirst && first.TryGetValue(x, out string? twin):
                last.Add(node.Output);
                editor.Rename(node.Output, twin);
                break;
            case Transpose { Permutation: var permutation } when permutation == ToLast:
                first[node.Output] = Last(x);
                break;
            case Reshape when first.TryGetValue(x, out string? twin) && KeepsOrder(graph.TypeOf(x).Shape):
                editor.Replace(node, node.Op, [twin]);
                last.Add(node.Output);
                break;
            default:
                if (Converted(node) is { } op)
                    AddTwin(node, op);
                else
                    Keep(node);
                break;
        }
    }

    private void Keep(Node node)
    {
        foreach (string input in node.Inputs.Where(input => input.Length > 0))
            Last(input);
        editor.Keep(node);
        last.UnionWith(node.Outputs);
    }

    // The operator on twins; null where the node keeps its layout.
    private Operator? Converted(Node node)
    {
        Operator? forced = node.Op switch
        {
            Conv { ChannelsLast: true } conv => conv with { ChannelsLast = false },
            PoolOperator { ChannelsLast: true } pool => pool with { ChannelsLast = false },
            GroupNormalization { ChannelsLast: true } norm => norm with { ChannelsLast = false },
            DepthToSpace { IsChannelsLast: true } shuffle => shuffle with { IsChannelsLast = false },
            SpaceToDepth { IsChannelsLast: true } shuffle => shuffle with { IsChannelsLast = false },
            _ => null,
        };
        if (forced is not null || !node.Inputs.Any(first.ContainsKey) || node.Outputs.Length != 1 || graph.TypeOf(node.Output).Shape.Rank != 4)
            return forced;
        return node.Op switch
        {
            Unary or Identity or FakeQuantize { Stated.Axis: < 0 } => (Operator)node.Op,
            Binary { Axis: null } when node.Inputs.All(Broadcasts) => (Operator)node.Op,
            Concat concat => new Concat(Axis(concat.Axis)),
            Softmax { Flatten: false } softmax => softmax with { Axis = Axis(softmax.Axis) },
            Pad { Pads.Count: 8 } pad when node.Inputs.Length == 1 => pad with { Pads = [.. Moved<int>([.. pad.Pads.Take(4)]), .. Moved<int>([.. pad.Pads.Skip(4)])] },
            Slice slice when node.Inputs.Length == 1 => slice with { Axes = [.. slice.Axes.Select(Axis)] },
            Reduce { KeepDims: true } reduce when node.Inputs.Length == 1 && MovedAxes(reduce.Axes) is { } axes => reduce with { Axes = axes },
            Resize { Roi.Count: 0 } resize when node.Inputs.Length == 1 => resize with { Scales = Moved(resize.Scales), Sizes = Moved(resize.Sizes) },
            _ => null,
        };
    }

    private void AddTwin(Node node, Operator op)
    {
        int images = node.Op switch { Conv => 2, GroupNormalization => 1, _ => node.Inputs.Length };
        ImmutableArray<string> inputs = [.. node.Inputs.Select((input, i) => input.Length == 0 ? "" : i < images ? First(input) : Last(input))];
        TensorType type = graph.TypeOf(node.Output);
        first[node.Output] = editor.Add(node.Output, op, inputs, node.Origin, type with { Shape = type.Shape.Permute(ToFirst.AsSpan()) });
    }

    // A constant of lower rank is lifted; a value that changes would need a reshape of its own.
    private bool Broadcasts(string value) => graph.TypeOf(value).Shape.Rank == 4 || graph.TypeOf(value).Shape.ElementCount == 1 || Integers(value) is not null;

    // The constant itself, or the one that is dequantized.
    private string? Integers(string value) => graph.ConstantOf(value) is not null ? value
        : graph.Producer(value) is { Op: DequantizeLinear, Inputs: [var integers, ..] } && graph.ConstantOf(integers) is not null ? integers
        : null;

    private string First(string value)
    {
        if (first.TryGetValue(value, out string? twin))
            return twin;
        Shape shape = graph.TypeOf(value).Shape;
        if (shape.Rank < 4 && shape.ElementCount == 1)
            return Last(value);
        if (Integers(value) is { } name)
            return first[value] = Constant(value, name, [.. Enumerable.Repeat(1, 4 - shape.Rank), .. shape]);
        TensorType type = graph.TypeOf(value) with { Shape = shape.Permute(ToFirst.AsSpan()) };
        return first[value] = editor.Add(value, KeepsOrder(shape) ? Reshape.To(type.Shape) : new Transpose(ToFirst), [Last(value)], graph.Producer(value)?.Origin ?? Origin.Of(value), type);
    }

    private string Constant(string value, string integers, Shape lifted)
    {
        Tensor constant = graph.ConstantOf(integers)!.Reshape(lifted).Transpose(ToFirst.AsSpan());
        string moved = editor.AddConstant(integers, constant);
        if (integers == value)
            return moved;
        Node node = graph.Producer(value)!;
        var dequantize = (DequantizeLinear)node.Op;
        int axis = dequantize.Axis + lifted.Rank - graph.TypeOf(value).Shape.Rank;
        bool perTensor = graph.TypeOf(node.Inputs[1]).Shape.ElementCount == 1;
        return editor.Add(value, perTensor ? dequantize : new DequantizeLinear(Axis(axis)), [moved, .. node.Inputs[1..]], node.Origin, TensorType.F32(constant.Shape));
    }

    private string Last(string value)
    {
        TensorType type = graph.TypeOf(value);
        if (last.Add(value))
            editor.Rename(value, editor.Add(value, KeepsOrder(type.Shape) ? Reshape.To(type.Shape) : new Transpose(ToLast), [first[value]], graph.Producer(value)?.Origin ?? Origin.Of(value), type));
        return editor.Current(value);
    }

    // [N, H, W, C] of one pixel or one channel: moving the channels moves nothing.
    private static bool KeepsOrder(Shape last) => last[3] == 1 || last[1] * last[2] == 1;

    // Where an axis of [N, H, W, C] stands in [N, C, H, W].
    private static int Axis(int axis) => axis switch { 3 => 1, 1 => 2, 2 => 3, _ => axis };

    private static EquatableArray<T> Moved<T>(EquatableArray<T> numbers) where T : IEquatable<T> =>
        numbers.Count == 4 ? [numbers[0], numbers[3], numbers[1], numbers[2]] : numbers;

    // Neighbours only, as kernels reduce them.
    private static EquatableArray<int>? MovedAxes(EquatableArray<int> axes)
    {
        int[] moved = [.. axes.Select(Axis).Order()];
        return moved.Length > 0 && moved[^1] - moved[0] == moved.Length - 1 ? [.. moved] : null;
    }
}
