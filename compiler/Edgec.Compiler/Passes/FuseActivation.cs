using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes;

/// <summary>
/// Makes a clamp part of the operator before it: Relu, Relu6, Clip behind a convolution, a matrix product or an
/// element-wise operator of two operands. Two clamps in a row become one. Moves and maxima between do not mind: the
/// greatest of clamped values is the clamped greatest value.
/// <code>
///   %c = conv(%x, #w)                        =>    %m = conv(%x, #w) {activation=[0.0,inf]}
///   %m = max-pool(%c) {kernel_shape=[2,2]}         %y = max-pool(%m) {kernel_shape=[2,2]}
///   %y = relu(%m)
/// </code>
/// Not where %c or %m has another reader.
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
            if (node is { Op: Unary { Function: UnaryFunction.Clip } clip, Inputs: [var input] }
                && MoveChain.Behind(editor, input, IsMonotone) is { Start.Outputs.Length: 1 } chain
                && Clamped(chain.Start.Op, new(clip.Alpha, clip.Beta)) is { } op)
                chain.Emit(editor, node, op, chain.Start.Inputs);
            else
                editor.Keep(node);
        }

        return editor.Finish(null, new Identity());
    }

    private static bool IsMonotone(Node node) => node.Op is Reshape or Transpose or Slice or DepthToSpace or SpaceToDepth or MaxPool;

    // Bounds that cross leave no value to clamp to, and the order of min and max would matter.
    private static Operator? Clamped(Op op, Activation next) => next.Lo > next.Hi ? null : ((Operator)op).Clamped(next);
}
