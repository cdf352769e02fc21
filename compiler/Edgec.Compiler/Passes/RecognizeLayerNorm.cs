using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes;

/// <summary>
/// Finds layer and root mean square normalization over the last axes in the operators exporters write them with, and takes a following scale and
/// shift into it.
/// <code>
///   %m = reduce-mean(%x) {axes=[2]}
///   %d = sub(%x, %m)
///   %q = mul(%d, %d)
///   %v = reduce-mean(%q) {axes=[2]}      =>    %y = layer-normalization(%x, #g, #b) {axis=2, epsilon=e}
///   %s = sqrt(add(%v, e))
///   %n = div(%d, %s)
///   %y = add(mul(%n, #g), #b)
/// </code>
/// Where x itself takes the place of %d, it is a normalization by the mean of squares.
/// </summary>
public sealed record RecognizeLayerNorm : Pass
{
    public static readonly PassDef Def = new(
        "recognize-layer-norm", "Finds layer normalization in the operators it is exported as.", _ => new RecognizeLayerNorm());

    public override string Name => "recognize-layer-norm";

    public override Level Accepts => Level.Canonical;

    public override Graph Run(Graph graph, PassContext context)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            if (node.Op is not Binary { Activation.IsNone: true } binary || !(Normalizes(editor, node, binary) || Absorbs(editor, node, binary)))
                Keep(editor, node, context);
        }

        return editor.Finish(null, new Identity());
    }

    private static void Keep(GraphEditor editor, Node node, PassContext context)
    {
        if (LayerNormMiss.Of(editor.Old, node) is { } differs)
            context.NoteNearMiss(node, "layer normalization", differs);
        editor.Keep(node);
    }

    private static bool Normalizes(GraphEditor editor, Node node, Binary binary)
    {
        Graph graph = editor.Old;
        if (Quotient(graph, node, binary) is not ({ } dividend, { } variance, { } epsilon)
            || Mean(graph, variance) is not { } v || Square(graph, v.Value) is not { } squared)
            return false;
        (string Value, int Axis)? centred = Centred(graph, dividend) is { } d && d.Axis == v.Axis && Centred(graph, squared) == d ? d : null;
        if (centred is null && squared != dividend)
            return false;
        Shape row = [.. graph.TypeOf(dividend).Shape.Skip(v.Axis)];
        Tensor ones = Tensor.Zeros(ElementType.F32, row);
        ones.Span<float>().Fill(1);
        Operator op = centred is null ? new RmsNormalization(v.Axis, epsilon) : new LayerNormalization(v.Axis, epsilon);
        string y = editor.Add(
            node.Output, op, [centred?.Value ?? dividend, editor.AddConstant($"{node.Output}_scale", ones)], node.Origin, graph.TypeOf(node.Output));
        editor.Rename(node.Output, y);
        return true;
    }

    /// <summary>What the root is taken of in x / √r, x · (1 / √r) or x · r^-½; null if the operand is no such divisor.</summary>
    internal static string? Radicand(Graph graph, Binary binary, Node node, int divisor) => (binary.Function, graph.Producer(node.Inputs[divisor])) switch
    {
        (BinaryFunction.Divide, { Op: Unary { Function: UnaryFunction.SquareRoot } } root) when divisor == 1 => root.Inputs[0],
        (BinaryFunction.Multiply, { Op: Unary { Function: UnaryFunction.Power, Alpha: -0.5f } } power) => power.Inputs[0],
        (BinaryFunction.Multiply, { Op: Unary { Function: UnaryFunction.Reciprocal } } inverse)
            when graph.Producer(inverse.Inputs[0]) is { Op: Unary { Function: UnaryFunction.SquareRoot } } root => root.Inputs[0],
        _ => null,
    };

    // d / √(v + ε), d · (1 / √(v + ε)) or d · (v + ε)^-½
    private static (string? Centred, string? Variance, float Epsilon) Quotient(Graph graph, Node node, Binary binary)
    {
        for (int i = 0; i < 2; i++)
        {
            string? safe = Radicand(graph, binary, node, i);
            if (safe is not null && graph.Producer(safe) is { Op: Binary { Function: BinaryFunction.Add, Activation.IsNone: true } } sum
                && Constant(graph, sum) is ({ } variance, { Count: 1 } epsilon) && (float)epsilon.Number(0) > 0)
                return (node.Inputs[1 - i], variance, (float)epsilon.Number(0));
        }

        return (null, null, 0);
    }

    // x - mean(x) over the axes from one on
    private static (string Value, int Axis)? Centred(Graph graph, string value) =>
        graph.Producer(value) is { Op: Binary { Function: BinaryFunction.Subtract, Activation.IsNone: true }, Inputs: [var x, var m] }
        && Mean(graph, m) is { } mean && mean.Value == x ? mean : null;

    private static (string Value, int Axis)? Mean(Graph graph, string value)
    {
        if (graph.Producer(value) is not { Op: Reduce { Function: ReduceFunction.Mean, KeepDims: true } reduce, Inputs: [var x] })
            return null;
        int rank = graph.TypeOf(x).Shape.Rank, first = rank - reduce.Axes.Count;
        return reduce.Axes.SequenceEqual(Enumerable.Range(first, reduce.Axes.Count)) ? (x, first) : null;
    }

    internal static string? Square(Graph graph, string value) => graph.Producer(value) switch
    {
        { Op: Binary { Function: BinaryFunction.Multiply, Activation.IsNone: true }, Inputs: [var a, var b] } when a == b => a,
        _ => null,
    };

    // A normalization without scale or shift, and a constant over its row behind it.
    private static bool Absorbs(GraphEditor editor, Node node, Binary binary)
    {
        if (Constant(editor.Old, node) is not ({ } value, { } constant) || !editor.Old.HasSingleUse(value)
            || editor.Producer(value) is not { Op: LayerNormalization or RmsNormalization, Outputs.Length: 1 } norm
            || editor.ConstantOf(norm.Inputs[1]) is not { } scale || (norm.HasInput(2) && editor.ConstantOf(norm.Inputs[2]) is null)
            || constant.Shape.Rank > scale.Shape.Rank || Extents.Broadcast(constant.Shape, scale.Shape) != scale.Shape)
            return false;
        Tensor? bias = norm.HasInput(2) ? editor.ConstantOf(norm.Inputs[2]) : null;
        if (binary.Function is not BinaryFunction.Multiply && (binary.Function is not BinaryFunction.Add || norm.Op is RmsNormalization))
            return false;
        bool scales = binary.Function == BinaryFunction.Multiply;
        Tensor factor = scales ? Apply(BinaryFunction.Multiply, scale, constant) : scale;
        Tensor? shift = scales
            ? bias is null ? null : Apply(BinaryFunction.Multiply, bias, constant)
            : Apply(BinaryFunction.Add, bias ?? Tensor.Zeros(ElementType.F32, scale.Shape), constant);
        ImmutableArray<string> inputs = [norm.Inputs[0], editor.AddConstant($"{node.Output}_scale", factor)];
        if (shift is not null)
            inputs = inputs.Add(editor.AddConstant($"{node.Output}_bias", shift));
        editor.Rename(node.Output, editor.Add(node.Output, norm.Op, inputs, norm.Origin.Union(node.Origin), editor.TypeOf(node.Output)));
        return true;
    }

    private static (string? Value, Tensor? Constant) Constant(Graph graph, Node node) => node.Inputs switch
    {
        [var x, var c] when graph.ConstantOf(c) is { } tensor && graph.ConstantOf(x) is null => (x, tensor),
        [var c, var x] when graph.ConstantOf(c) is { } tensor && graph.ConstantOf(x) is null => (x, tensor),
        _ => (null, null),
    };

    private static Tensor Apply(BinaryFunction function, Tensor a, Tensor b) =>
        new Binary(function, Activation.None).Evaluate(new([a, b], 1))[0];
}
