using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes;

/// <summary>
/// Finds the Euclidean norm that rows along one axis are divided by, as PyTorch's <c>normalize</c> is exported, and makes it one normalization.
/// <code>
///   %q = mul(%x, %x)
///   %n = sqrt(reduce-sum(%q) {axes=[1]})      =>    %y = rms-normalization(%x, #s) {axis=1, epsilon=e²/N}      #s = 1/√N
///   %c = clip(%n) {min=e}
///   %y = div(%x, %c)
/// </code>
/// The norm may be expanded before the division, and e may be added instead. Another axis than the last is moved there and back.
/// </summary>
/// <remarks>Only for a small e: rows nearly as short as that come out shorter, √(n² + e²) being no maximum.</remarks>
public sealed record RecognizeL2Norm : Pass
{
    private const float MostEpsilon = 1e-6f;
    private const float LeastSquare = 1e-37f; // keeps 0 / 0 from arising

    public static readonly PassDef Def = new(
        "recognize-l2-norm", "Finds division by the Euclidean norm in the operators it is exported as.", _ => new RecognizeL2Norm());

    public override string Name => "recognize-l2-norm";

    public override Level Accepts => Level.Canonical;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            if (Match(graph, node) is var (axis, epsilon))
                Replace(editor, node, axis, epsilon);
            else
                editor.Keep(node);
        }

        return editor.Finish(null, new Identity());
    }

    private static (int Axis, float Epsilon)? Match(Graph graph, Node node)
    {
        if (node is not { Op: Binary { Function: BinaryFunction.Divide, Activation.IsNone: true, Axis: null }, Inputs: [var x, var divisor] }
            || graph.TypeOf(x) != graph.TypeOf(node.Output) || Safe(graph, Unexpanded(graph, divisor)) is not var (norm, epsilon))
            return null;
        return graph.Producer(Unexpanded(graph, norm)) is { Op: Unary { Function: UnaryFunction.SquareRoot }, Inputs: [var sum] }
            && graph.Producer(sum) is { Op: Reduce { Function: ReduceFunction.Sum, KeepDims: true, Axes: { Count: 1 } axes }, Inputs: [var squares] }
            && graph.Producer(squares) is { Op: Binary { Function: BinaryFunction.Multiply, Activation.IsNone: true }, Inputs: [var a, var b] } && a == x && b == x
            ? (axes[0], epsilon)
            : null;
    }

    private static string Unexpanded(Graph graph, string value) => graph.Producer(value) is { Op: Expand, Inputs: [var source] } ? source : value;

    // max(n, e) or n + e
    private static (string Norm, float Epsilon)? Safe(Graph graph, string value)
    {
        (string Norm, double Epsilon)? found = graph.Producer(value) switch
        {
            { Op: Unary { Function: UnaryFunction.Clip, Beta: float.PositiveInfinity } clip, Inputs: [var n] } => (n, clip.Alpha),
            { Op: Binary { Function: BinaryFunction.Maximum or BinaryFunction.Add, Activation.IsNone: true }, Inputs: [var n, var e] }
                when graph.ConstantOf(e) is { Count: 1 } least => (n, least.Number(0)),
            { Op: Binary { Function: BinaryFunction.Maximum or BinaryFunction.Add, Activation.IsNone: true }, Inputs: [var e, var n] }
                when graph.ConstantOf(e) is { Count: 1 } least => (n, least.Number(0)),
            _ => null,
        };
        return found is var (norm, epsilon) && epsilon is > 0 and <= MostEpsilon ? (norm, (float)epsilon) : null;
    }

    private static void Replace(GraphEditor editor, Node node, int axis, float epsilon)
    {
        TensorType type = editor.TypeOf(node.Output);
        int rank = type.Shape.Rank, extent = type.Shape[axis];
        Tensor scale = Tensor.Zeros(ElementType.F32, [extent]);
        scale.Span<float>().Fill((float)(1 / Math.Sqrt(Math.Max(extent, 1))));
        var norm = new RmsNormalization(rank - 1, Math.Max(epsilon * epsilon / Math.Max(extent, 1), LeastSquare));
        string parameter = editor.AddConstant($"{node.Output}_scale", scale);
        if (axis == rank - 1)
        {
            editor.Replace(node, norm, [node.Inputs[0], parameter]);
            return;
        }

        // [N, C, H, W] along C becomes the layout of images that is used anyway.
        ImmutableArray<int> last = [.. Enumerable.Range(0, rank).Where(i => i != axis), axis];
        TensorType moved = type with { Shape = type.Shape.Permute(last.AsSpan()) };
        string x = editor.Add($"{node.Output}_rows", new Transpose([.. last]), [node.Inputs[0]], node.Origin, moved);
        string y = editor.Add($"{node.Output}_normal", norm, [x, parameter], node.Origin, moved);
        editor.Replace(node, new Transpose([.. Enumerable.Range(0, rank).Select(i => last.IndexOf(i))]), [y]);
    }
}
