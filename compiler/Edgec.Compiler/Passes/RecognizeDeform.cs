using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes;

/// <summary>
/// Takes into a deformable convolution what is done to its offsets: rounding, clamps, and one number for each pixel times the centred
/// grid of its taps. The cheaper samplings (no interpolation, few rows, three ports) follow from that.
/// <code>
///   %r = round(%s)
///   %c = clip(%r) {min=0.0, max=4.0}       =>    %y = deform-conv(%x, #w, #b, %s) {rounded=1, square=1, bound=[0.0,4.0]}
///   %o = mul(#grid, %c)
///   %y = deform-conv(%x, #w, #b, %o)
/// </code>
/// Not a grid times a factor, and not where the order matters: a clamp to numbers that are not whole behind rounding, a clamp that is
/// not symmetric behind the grid. Rounding is that of deform-conv, which differs from ONNX's at ties.
/// </summary>
public sealed record RecognizeDeform : Pass
{
    public static readonly PassDef Def = new(
        "recognize-deform", "Takes rounding, clamps and a grid of offsets into deformable convolutions.", _ => new RecognizeDeform());

    public override string Name => "recognize-deform";

    public override Level Accepts => Level.Canonical;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            if (node.Op is not DeformConv { BiasThird: true } op || !Recognize(editor, node, op))
                editor.Keep(node);
        }

        return editor.Finish(null, new Identity());
    }

    private static bool Recognize(GraphEditor editor, Node node, DeformConv op)
    {
        string offsets = node.Inputs[DeformEdit.Offsets];
        Origin origin = node.Origin;
        bool found = false;
        Shape kernel = editor.TypeOf(node.Inputs[1]).Shape;
        var taps = op.ChannelsLast ? (kernel[1], kernel[2]) : (kernel[2], kernel[3]);
        while (editor.Producer(offsets) is { } producer && Behind(editor, producer, op, taps) is var (before, input))
        {
            (op, offsets, origin, found) = (before, input, producer.Origin.Union(origin), true);
        }

        if (found)
            editor.Replace(node, op, node.Inputs.SetItem(DeformEdit.Offsets, offsets), origin);
        return found;
    }

    // The convolution that does to its offsets what the producer did first.
    private static (DeformConv Op, string Input)? Behind(GraphEditor editor, Node producer, DeformConv op, (int, int) taps)
    {
        switch (producer.Op)
        {
            case Unary { Function: UnaryFunction.Clip } clip when clip.Alpha <= clip.Beta:
                return (Clamped(op, clip.Alpha, clip.Beta), producer.Inputs[0]);
            case Unary { Function: UnaryFunction.Round } when op.Rounded || (IsWhole(op.Lo) && IsWhole(op.Hi)):
                return (op with { Rounded = true }, producer.Inputs[0]);
            case Binary { Function: BinaryFunction.Minimum or BinaryFunction.Maximum, Activation.IsNone: true, Axis: null } binary when Split(editor, producer) is var (x, constant) && constant.Count == 1:
                float bound = (float)constant.Number(0);
                return binary.Function == BinaryFunction.Minimum
                    ? (Clamped(op, float.NegativeInfinity, bound), x) : (Clamped(op, bound, float.PositiveInfinity), x);
            case Binary { Function: BinaryFunction.Multiply, Activation.IsNone: true, Axis: null } when Split(editor, producer) is var (s, template) && IsGrid(editor, op, s, template, taps):
                return (op with { Square = true }, s);
            default:
                return null;
        }
    }

    // First a clamp, then what the operator does: rounding does not mind, if the bounds are rounded too.
    private static DeformConv Clamped(DeformConv op, float lo, float hi)
    {
        if (op.Rounded)
            (lo, hi) = (MathF.Floor(lo + 0.5f), MathF.Floor(hi + 0.5f));
        return op with { Lo = Math.Clamp(lo, op.Lo, op.Hi), Hi = Math.Clamp(hi, op.Lo, op.Hi) };
    }

    private static (string X, Tensor Constant)? Split(GraphEditor editor, Node node) =>
        editor.ConstantOf(node.Inputs[0]) is { } first ? (node.Inputs[1], first) : editor.ConstantOf(node.Inputs[1]) is { } second ? (node.Inputs[0], second) : null;

    // Clamps commute with factors of -1, 0 and 1 if they are symmetric; rounding does but for ties.
    private static bool IsGrid(GraphEditor editor, DeformConv op, string s, Tensor template, (int Height, int Width) taps)
    {
        int axis = op.ChannelsLast ? 3 : 1;
        Shape shape = editor.TypeOf(s).Shape;
        bool odd = taps.Height % 2 == 1 && taps.Width % 2 == 1, small = taps.Height <= 3 && taps.Width <= 3;
        if (op.Square || op.OffsetGroups != 1 || !odd || shape.Rank != 4 || shape[axis] != 1 || ((op.Rounded || op.IsBounded) && !small) || op.Lo != -op.Hi)
            return false;
        int count = 2 * taps.Height * taps.Width;
        if (template.Count != count || template.Element != ElementType.F32 || template.Shape[^(4 - axis)] != count)
            return false;
        for (int i = 0; i < count; i++)
        {
            int tap = i / 2, place = i % 2 == 0 ? tap / taps.Width - taps.Height / 2 : tap % taps.Width - taps.Width / 2;
            if (template.Number(i) != place)
                return false;
        }

        return true;
    }

    private static bool IsWhole(float bound) => float.IsInfinity(bound) || bound == MathF.Floor(bound);
}
