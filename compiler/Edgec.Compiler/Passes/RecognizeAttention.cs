using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes;

/// <summary>
/// Brings what is added to the scores of attention into the form that <c>fuse-attention</c> takes in, one value, and notes what is
/// nearly attention.
/// <code>
///   %b = add(%s, #bias)
///   %r = reshape(%b) {shape=}        =>   %r = reshape(%s) {shape=}
///   %m = add(%r, #mask)                   %m = add(%r, #bias + mask)
///   %p = softmax(%m)                      %p = softmax(%m)
///
///   %m = add(add(%s, %bias), #mask)  =>   %m = add(%s, add(%bias, #mask))
///
///   %m = where(#open, %s, -∞)        =>   %m = add(%s, #0 or -∞)
///   %m = where(%open, %s, -∞)        =>   %m = add(%s, where(%open, #0, -∞))
///
///   %n = is-nan(%p)                  =>   %p
///   %g = where(%n, #0, %p)
/// </code>
/// The second where no row is closed altogether, and the number is so low that its exponential is 0 whatever the score; of a row that a computed
/// condition closes altogether, whose probabilities are equal or none, the scores count then. The fourth, which guards probabilities against such rows, where no mask makes one.
/// </summary>
/// <param name="Limit">Elements a constant may have that two others make.</param>
public sealed record RecognizeAttention(int Limit = RecognizeAttention.UsualLimit) : Pass
{
    public const int UsualLimit = 1 << 20;

    // The least that single precision cannot tell from -∞ in a softmax, beside scores of thousands.
    private const float Closed = -10_000;

    public static readonly PassDef Def = new(
        "recognize-attention", "Brings masks and biases of attention into one form, and notes what is nearly attention.",
        a => new RecognizeAttention(a.Int("limit", UsualLimit)));

    public override string Name => "recognize-attention";

    public override Level Accepts => Level.Canonical;

    public override Graph Run(Graph graph, PassContext context)
    {
        Graph before, next = Rewrite(Rewrite(graph, Chosen), Guarded);
        do
        {
            (before, next) = (next, Rewrite(next, Merged));
        }
        while (!ReferenceEquals(before, next)); // each time one constant less

        foreach (Node node in next.Nodes)
        {
            if (AttentionPattern.Of(next, node, out string? missed) is null && missed is not null)
                context.NoteNearMiss(node, "attention", missed);
        }

        return next;
    }

    private static Graph Rewrite(Graph graph, Func<GraphEditor, Node, bool> rewrites)
    {
        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            if (!rewrites(editor, node))
                editor.Keep(node);
        }

        return editor.Finish(null, new Identity());
    }

    // Where between scores and a very low number.
    private static bool Chosen(GraphEditor editor, Node node)
    {
        Graph graph = editor.Old;
        if (node.Op is not Where || AttentionMask.Of(graph, node) is not { } mask || graph.TypeOf(mask.Scores) != graph.TypeOf(node.Output) || !Ends(graph, mask))
            return false;
        Tensor low = graph.ConstantOf(mask.Name)!, zero = Tensor.Scalar(0f);
        foreach (float value in low.Span<float>())
        {
            if (!(value <= Closed))
                return false;
        }

        if (graph.ConstantOf(node.Inputs[0]) is not { } condition)
            return ChosenAtRunTime(editor, node, mask);
        Tensor added = new Where().Evaluate(new(node.Inputs[1] == mask.Scores ? [condition, zero, low] : [condition, low, zero], 1))[0];
        if (!HasOpenRows(added, graph.TypeOf(node.Output).Shape[^1]))
            return false;
        editor.Replace(node, new Binary(BinaryFunction.Add, Activation.None), [mask.Scores, editor.AddConstant(mask.Name, added)]);
        return true;
    }

    // The same of a condition that is computed: of a row that it closes altogether nothing sensible is asked.
    private static bool ChosenAtRunTime(GraphEditor editor, Node node, AttentionMask mask)
    {
        Graph graph = editor.Old;
        string condition = node.Inputs[0];
        Shape shape = Extents.Broadcast(graph.TypeOf(condition).Shape, graph.TypeOf(mask.Name).Shape);
        if (shape.Rank == 0 || shape[^1] != graph.TypeOf(node.Output).Shape[^1])
            return false;
        string open = editor.AddConstant($"{mask.Name}_open", Tensor.Scalar(0f));
        bool keeps = node.Inputs[1] == mask.Scores;
        string added = editor.Add(
            $"{node.Output}_mask", new Where(), keeps ? [condition, open, mask.Name] : [condition, mask.Name, open], node.Origin, TensorType.F32(shape));
        editor.Replace(node, new Binary(BinaryFunction.Add, Activation.None), [mask.Scores, added]);
        return true;
    }

    // Nothing but reshapes that keep rows stands before a softmax along them.
    private static bool Ends(Graph graph, AttentionMask mask)
    {
        Node reader = graph.Consumers(mask.Masked[^1])[0];
        Shape shape = graph.TypeOf(reader.Output).Shape;
        return Extents.Axis(((Softmax)reader.Op).Axis, shape.Rank) == shape.Rank - 1 && mask.Masked.Skip(1).All(value => AttentionPattern.KeepsMatrices(graph, graph.Producer(value)!));
    }

    private static bool HasOpenRows(Tensor mask, int columns)
    {
        if (mask.Shape.Rank == 0 || mask.Shape[^1] != columns)
            return false;
        ReadOnlySpan<float> values = mask.Span<float>();
        for (int row = 0; row < values.Length; row += columns)
        {
            if (!values.Slice(row, columns).ContainsAnyExceptInRange(float.NegativeInfinity, Closed))
                return false;
        }

        return true;
    }

    // Where(IsNaN(p), 0, p) of a softmax none of whose rows is closed altogether.
    private static bool Guarded(GraphEditor editor, Node node)
    {
        Graph graph = editor.Old;
        if (node is not { Op: Where, Inputs: [var truth, _, var p] } || graph.Producer(truth) is not { Op: Predicate { Function: PredicateFunction.IsNotNumber }, Inputs: [var asked] }
            || asked != p || graph.Producer(p) is not { Op: Softmax softmax } producer || graph.TypeOf(p) != graph.TypeOf(node.Output))
            return false;
        Shape shape = graph.TypeOf(p).Shape;
        if (Extents.Axis(softmax.Axis, shape.Rank) != shape.Rank - 1 || !IsOpen(graph, producer.Inputs[0], shape[^1]))
            return false;
        editor.Rename(node.Output, p);
        return true;
    }

    // Scores as a product gives them, with constants added that leave something of each row.
    private static bool IsOpen(Graph graph, string value, int columns)
    {
        while (graph.Producer(value) is { } node && !AttentionPattern.IsProduct(graph, node))
        {
            if (AttentionPattern.KeepsMatrices(graph, node))
            {
                value = node.Inputs[0];
            }
            else if (AttentionPattern.Scaled(graph, node) is var (scaled, _))
            {
                value = scaled;
            }
            else
            {
                if (AddedScores.Of(graph, node, 1, out _) is not var (scores, added) || graph.ConstantOf(added.Value) is not { Element: ElementType.F32 } mask || !HasOpenRows(mask, columns))
                    return false;
                value = scores;
            }
        }

        return graph.Producer(value) is not null;
    }

    // A constant added to scores to which another has been added, or a computed value.
    private bool Merged(GraphEditor editor, Node node)
    {
        Graph graph = editor.Old;
        if (node.Op is Where || AttentionMask.Of(graph, node) is not { Replaces: false } mask || graph.TypeOf(mask.Scores) != graph.TypeOf(node.Output))
            return false;
        if (graph.HasSingleUse(mask.Scores) && graph.Producer(mask.Scores) is { Op: Binary { Function: BinaryFunction.Add } } before
            && AddedScores.Of(graph, before, 1, out _) is var (under, computed) && graph.ConstantOf(computed.Value) is null)
        {
            Shape both = Extents.Broadcast(graph.TypeOf(computed.Value).Shape, graph.TypeOf(mask.Name).Shape);
            string sum = editor.Add($"{node.Output}_mask", new Binary(BinaryFunction.Add, Activation.None), [computed.Value, mask.Name], node.Origin, TensorType.F32(both));
            editor.Replace(node, node.Op, [under, sum]);
            return true;
        }

        List<Node> moves = [];
        string value = mask.Scores;
        while (graph.HasSingleUse(value) && graph.Producer(value) is { } move && AttentionPattern.KeepsMatrices(graph, move))
        {
            moves.Add(move);
            value = move.Inputs[0];
        }

        if (!graph.HasSingleUse(value) || graph.Producer(value) is not { Op: Binary { Function: BinaryFunction.Add, Activation.IsNone: true, Axis: null } } inner)
            return false;
        string first = graph.ConstantOf(inner.Inputs[0]) is null ? inner.Inputs[1] : inner.Inputs[0], scores = inner.Inputs[first == inner.Inputs[0] ? 1 : 0];
        if (graph.ConstantOf(first) is not { Element: ElementType.F32 } bias || graph.TypeOf(scores) != graph.TypeOf(value))
            return false;
        Shape shape = graph.TypeOf(mask.Scores).Shape;
        Tensor added = graph.ConstantOf(mask.Name)!;
        if (moves.Count > 0)
        {
            if (graph.TypeOf(value).Shape.ElementCount > Limit)
                return false;
            bias = new Expand([.. graph.TypeOf(value).Shape]).Evaluate(new([bias], 1))[0].Reshape(shape);
        }

        if (Extents.Broadcast(bias.Shape, added.Shape).ElementCount > Limit)
            return false;
        Tensor merged = new Binary(BinaryFunction.Add, Activation.None).Evaluate(new([bias, added], 1))[0];
        foreach (Node move in moves.AsEnumerable().Reverse())
            scores = editor.Add(move.Output, move.Op, [scores], move.Origin, graph.TypeOf(move.Output));
        editor.Replace(node, node.Op, [scores, editor.AddConstant(mask.Name, merged)], inner.Origin.Union(node.Origin));
        return true;
    }
}
