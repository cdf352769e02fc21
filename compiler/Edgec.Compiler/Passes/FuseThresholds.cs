using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes;

/// <summary>
/// Makes quantizers of few levels thresholds on the sums of the convolution or product before them, taking in what stands
/// between: batch normalization, biases, clamps. On integers thresholds are exact, whatever the numbers between. Quantizers
/// of up to four bits, those that scale between, and those that do not round to nearest become thresholds.
/// <code>
///   %c = conv(%x, #w)
///   %m = mul(%c, #f)                    =>    %c = conv(%x, #w)
///   %a = add(%m, #t)                          %y = thresholds(%c, #(q-t)/f, #sign(f))
///   %y = fake-quantize(%a)
/// </code>
/// Not where anything between has another reader.
/// </summary>
public sealed record FuseThresholds : Pass
{
    /// <summary>Of a quantizer of four bits.</summary>
    private const int FewLevels = 15;

    public static readonly PassDef Def = new(
        "fuse-thresholds", "Makes quantizers of few levels, and what scales before them, thresholds on sums.", _ => new FuseThresholds());

    public override string Name => "fuse-thresholds";

    public override Level Accepts => Level.Canonical;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            bool fused = false;
            if (node.Op is FakeQuantize or Thresholds && !context.Try(node, () => fused = Fuse(editor, node)))
                return graph;
            if (!fused)
                editor.Keep(node);
        }

        return editor.Finish(null, new Identity());
    }

    private static bool Fuse(GraphEditor editor, Node node)
    {
        if (node.Op is FakeQuantize quantize && (quantize.Stated.Axis >= 0 || quantize.Hi - quantize.Lo is < 1 or > byte.MaxValue))
            return false;
        Shape shape = editor.TypeOf(node.Output).Shape;
        List<Node> between = Between(editor, node.Inputs[0], out string source);
        Node? sums = editor.Old.HasSingleUse(source) && editor.Producer(source) is { Op: Conv or MatMul { TransposeB: true } } producer ? producer : null;
        int axis = sums?.Op is Conv { ChannelsLast: false } ? 1 : shape.Rank - 1;
        bool perChannel = node.Op is Thresholds && editor.TypeOf(node.Inputs[1]).Shape[0] > 1;
        if (shape.Rank == 0 || (perChannel && sums is not null && ((Thresholds)node.Op).Axis != axis))
            return false;
        axis = perChannel ? ((Thresholds)node.Op).Axis : axis;
        int foreign = between.FindIndex(n => n.Op is Binary b && StatedOperands.Affine(editor, b, n.Inputs, shape, axis) is null);
        if (foreign < 0 && sums is null)
            foreign = between.FindIndex(n => !IsScalar(editor, n)); // channels that differ are no table
        if (foreign >= 0)
        {
            // What stands behind it can be taken in.
            (sums, source) = (null, between[foreign].Output);
            between = between.TakeWhile((n, i) => i < foreign && IsScalar(editor, n)).ToList();
            source = between.Count == foreign ? source : between.Count == 0 ? node.Inputs[0] : InputOf(editor, between[^1])!;
        }

        int channels = sums is null ? 1 : shape[axis];
        if (!Worthwhile(node.Op, between, sums))
            return false;
        Staircases staircases = node.Op is FakeQuantize q
            ? Staircases.Of(q, channels)
            : Staircases.Of(editor.ConstantOf(node.Inputs[1])!, node.HasInput(2) ? editor.ConstantOf(node.Inputs[2]) : null, Math.Max(channels, editor.TypeOf(node.Inputs[1]).Shape[0]));
        foreach (Node step in between)
            TakeIn(editor, step, staircases, editor.TypeOf(step.Output).Shape, axis);
        if (sums is not null)
            source = WithoutBias(editor, sums, staircases);
        Emit(editor, node, staircases, source, axis, between.Append(sums).OfType<Node>());
        return true;
    }

    // What scales, adds or clamps in front of a value, the last first, and the value before all that.
    private static List<Node> Between(GraphEditor editor, string value, out string source)
    {
        var between = new List<Node>();
        source = value;
        while (editor.Old.HasSingleUse(source) && editor.Producer(source) is { Outputs.Length: 1 } node && InputOf(editor, node) is { } input
            && editor.TypeOf(input) == editor.TypeOf(node.Output))
        {
            between.Add(node);
            source = input;
        }

        return between;
    }

    private static string? InputOf(GraphEditor editor, Node node) => node switch
    {
        { Op: Unary { Function: UnaryFunction.Clip } clip, Inputs: [var x] } when clip.Alpha <= clip.Beta => x,
        { Op: Binary { Function: BinaryFunction.Add or BinaryFunction.Subtract or BinaryFunction.Multiply } binary } =>
            StatedOperands.Affine(editor, binary, node.Inputs, editor.TypeOf(node.Output).Shape) is { } affine ? node.Inputs[affine.Input] : null,
        _ => null,
    };

    private static bool IsScalar(GraphEditor editor, Node node) => node.Op is Unary || node.Inputs.Any(input => StatedOperands.Constant(editor, input) is { Count: 1 });

    // Of the quantizers that nearly all kernels round to at once, only those that are better off as thresholds.
    private static bool Worthwhile(Op op, List<Node> between, Node? sums)
    {
        if (op is Thresholds)
            return between.Count > 0 || (sums is not null && (sums.HasInput(2) || !ActivationOf(sums).IsNone));
        var quantize = (FakeQuantize)op;
        bool scales = between.Exists(node => node.Op is Binary { Function: BinaryFunction.Multiply });
        return !quantize.Rounding.IsNearest() || ((sums is not null || between.Count > 0) && (scales || quantize.Hi - quantize.Lo <= FewLevels));
    }

    private static void TakeIn(GraphEditor editor, Node node, Staircases staircases, Shape shape, int axis)
    {
        if (node.Op is Unary clip)
        {
            staircases.Before(new Activation(clip.Alpha, clip.Beta));
            return;
        }

        var binary = (Binary)node.Op;
        staircases.Before(binary.Activation);
        (_, double[] factor, double[] addend) = StatedOperands.Affine(editor, binary, node.Inputs, shape, axis)!.Value;
        if (staircases.Channels == 1)
            (factor, addend) = ([factor[0]], [addend[0]]);
        staircases.Before(factor, addend);
    }

    // The clamp and the bias of the sums become part of the thresholds.
    private static string WithoutBias(GraphEditor editor, Node sums, Staircases staircases)
    {
        staircases.Before(ActivationOf(sums));
        bool biased = sums.HasInput(2) && StatedOperands.Constant(editor, sums.Inputs[2]) is not null;
        if (biased)
        {
            Tensor bias = StatedOperands.Constant(editor, sums.Inputs[2])!;
            staircases.Before([.. Enumerable.Repeat(1.0, staircases.Channels)], [.. Enumerable.Range(0, staircases.Channels).Select(c => bias.Number(bias.Count == 1 ? 0 : c))]);
        }

        if (!biased && ActivationOf(sums).IsNone)
            return sums.Output;
        Operator plain = sums.Op switch
        {
            Conv conv => conv with { Activation = Activation.None },
            var op => (MatMul)op with { Activation = Activation.None },
        };
        ImmutableArray<string> inputs = biased ? [.. sums.Inputs.Take(2)] : sums.Inputs;
        return editor.Add(sums.Output, plain, inputs, sums.Origin, editor.TypeOf(sums.Output));
    }

    private static Activation ActivationOf(Node sums) => sums.Op is Conv conv ? conv.Activation : ((MatMul)sums.Op).Activation;

    private static void Emit(GraphEditor editor, Node node, Staircases staircases, string source, int axis, IEnumerable<Node> fused)
    {
        (Tensor thresholds, Tensor? directions) = staircases.Tensors();
        Thresholds op = node.Op is FakeQuantize q
            ? new((float)q.Stated.Scale, q.Lo - q.Stated.Zero, 1, q.Hi - q.Lo, axis)
            : (Thresholds)node.Op with { Axis = axis };
        ImmutableArray<string> inputs = [source, editor.AddConstant($"{node.Output}_thresholds", thresholds)];
        if (directions is not null)
            inputs = inputs.Add(editor.AddConstant($"{node.Output}_directions", directions));
        editor.Replace(node, op, inputs, fused.Aggregate(node.Origin, (origin, n) => n.Op is Conv or MatMul ? origin : origin.Union(n.Origin)));
    }
}
