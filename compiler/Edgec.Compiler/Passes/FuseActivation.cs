using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes;

/// <summary>
/// Makes a clamp part of the operator before it: Relu, Relu6, Clip behind a convolution, a matrix product or an
/// element-wise operator of two operands. Two clamps in a row become one.
/// <code>
///   %c = conv(%x, #w)      =>    %y = conv(%x, #w) {activation=[0.0,inf]}
///   %y = relu(%c)
/// </code>
/// Not where %c has another reader.
/// </summary>
public sealed record FuseActivation : Pass
{
    public static readonly PassDef Def = new(
        "fuse-activation", "Makes Relu and Clip part of the operator before them.", _ => new FuseActivation());

    public override string Name => "fuse-activation";

    public override Level Accepts => Level.Canonical;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            if (node is { Op: Unary { Function: UnaryFunction.Clip } clip, Inputs: [var input] } && graph.HasSingleUse(input)
                && editor.Producer(input) is { Outputs.Length: 1 } producer && Clamped(producer.Op, new(clip.Alpha, clip.Beta)) is { } op)
            {
                string y = editor.Add(node.Output, op, producer.Inputs, producer.Origin.Union(node.Origin), editor.TypeOf(node.Output));
                editor.Rename(node.Output, y);
            }
            else
            {
                editor.Keep(node);
            }
        }

        return editor.Finish(null, new Identity());
    }

    // Bounds that cross leave no value to clamp to, and the order of min and max would matter.
    private static Operator? Clamped(Op op, Activation next) => op switch
    {
        _ when next.Lo > next.Hi => null,
        Conv conv => conv with { Activation = conv.Activation.Then(next) },
        MatMul matmul => matmul with { Activation = matmul.Activation.Then(next) },
        Binary binary => binary with { Activation = binary.Activation.Then(next) },
        Unary { Function: UnaryFunction.Clip } clip when clip.Alpha <= clip.Beta =>
            new Activation(clip.Alpha, clip.Beta).Then(next) is var both ? clip with { Alpha = both.Lo, Beta = both.Hi } : null,
        _ => null,
    };
}
