using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes.Moe;

/// <summary>
/// Values of which those count that belong to the choices of one expert, summed over the choices of each row:
/// <code>
///   %y = reduce-sum(where(equal(%i, #e), %v, #zero))     %i : i64[.., k]
/// </code>
/// </summary>
/// <param name="Value">%v, as rows of some width.</param>
/// <param name="Rows">For each row of the value the row of the sum.</param>
/// <param name="Places">For each row of the value the choice, a flat position in the indices.</param>
internal sealed record ChosenRows(string Indices, int Choices, int Experts, int Expert, string Value, int[] Rows, int[] Places, Origin Origin)
{
    /// <summary>Those that a value sums; null if it is nothing like one.</summary>
    /// <param name="width">Elements of a row.</param>
    public static ChosenRows? Of(Graph graph, string sum, int width)
    {
        ElementMap moved = ElementMap.Of(graph, sum).Last();
        Node? node = graph.Producer(moved.Source);
        Origin origin = Origin.None;
        string masked = moved.Source;
        var geometry = new RowGeometry((int)graph.TypeOf(masked).Shape.ElementCount, 1, 1);
        if (node is { Op: Reduce { Function: ReduceFunction.Sum, KeepDims: true, Axes: { Count: > 0 } axes }, Inputs: [var terms] })
        {
            Shape shape = graph.TypeOf(terms).Shape;
            geometry = new(shape.Product(0, axes[0]), shape.Product(axes[0], axes[^1] + 1), shape.Product(axes[^1] + 1, shape.Rank));
            (masked, origin, node) = (terms, node.Origin, null);
        }

        ElementMap inner = ElementMap.Of(graph, masked).Last();
        node = graph.Producer(inner.Source);
        if (node is null || Masked(graph, node) is not var (mask, value) || ChoiceMap.Of(graph, mask) is not { } choice
            || graph.TypeOf(value).Shape != graph.TypeOf(node.Output).Shape || Ranked(graph, choice.Indices) is not var (choices, experts))
            return null;
        Shape full = graph.TypeOf(value).Shape;
        if (full.ElementCount != graph.TypeOf(masked).Shape.ElementCount || full.ElementCount % width != 0)
            return null;
        ElementMap source = ElementMap.Of(graph, value).Last();
        if (graph.TypeOf(source.Source).Shape.ElementCount != full.ElementCount)
            return null;
        var spread = new Expand([.. full]);
        Tensor places = spread.Evaluate(new([choice.Places], 1))[0], named = spread.Evaluate(new([choice.Experts], 1))[0];
        int[] rows = [.. Enumerable.Repeat(-1, (int)full.ElementCount / width)], of = new int[rows.Length];
        int expert = (int)named.Integer(0);
        for (int i = 0; i < moved.Map.Count; i++)
        {
            int result = (int)moved.Map.Integer(i);
            for (int j = 0; j < geometry.Length; j++)
            {
                int term = (result / geometry.Inner * geometry.Length + j) * geometry.Inner + result % geometry.Inner, at = (int)inner.Map.Integer(term), from = (int)source.Map.Integer(at);
                int row = from / width, place = (int)places.Integer(at);
                if (from % width != i % width || named.Integer(at) != expert || (rows[row] >= 0 && (rows[row] != i / width || of[row] != place)) || place / choices != i / width)
                    return null;
                (rows[row], of[row]) = (i / width, place);
            }
        }

        bool each = rows.All(row => row >= 0) && of.Distinct().Count() == of.Length && graph.TypeOf(choice.Indices).Shape.ElementCount == of.Length;
        return each ? new(choice.Indices, choices, experts, expert, source.Source, rows, of, node.Origin.Union(origin)) : null;
    }

    /// <summary>The value that holds the scores of all choices, of which a factor has one for each row; null if it does not.</summary>
    /// <param name="full">The shape that the factor is broadcast to, rows of some width.</param>
    public (string Value, bool OfAll)? Scores(Graph graph, string factor, Shape full)
    {
        (string, bool)? found = null;
        foreach (ElementMap map in ElementMap.Of(graph, factor))
        {
            Shape shape = graph.TypeOf(map.Source).Shape;
            int width = (int)(full.ElementCount / Rows.Length);
            if (map.Map.Shape.Rank > full.Rank || !Fits(map.Map.Shape, full))
                return found;
            Tensor all = new Expand([.. full]).Evaluate(new([map.Map], 1))[0];
            int[] elements = [.. Enumerable.Range(0, Rows.Length).Select(row => (int)all.Integer(row * width))];
            bool uniform = Enumerable.Range(0, all.Count).All(i => all.Integer(i) == elements[i / width]);
            if (uniform && shape.ElementCount == Places.Length && elements.SequenceEqual(Places))
                found = (map.Source, false);
            else if (uniform && shape.Rank > 0 && shape[^1] == Experts && shape.ElementCount == (long)Places.Length / Choices * Experts && elements.SequenceEqual(Rows.Select(row => row * Experts + Expert)))
                found = (map.Source, true);
        }

        return found;
    }

    /// <summary>The gate whose scores a value holds.</summary>
    /// <param name="scores">As <see cref="Scores"/> finds it.</param>
    public Gate Gate(Graph graph, (string Value, bool OfAll) scores) => new(Indices, editor =>
    {
        Shape indices = graph.TypeOf(Indices).Shape, chosen = Choices == 1 && indices.ElementCount == Places.Length && (indices.Rank == 0 || indices[^1] != 1) ? [.. indices, 1] : indices;
        string value = Shaped(scores.Value, scores.OfAll ? chosen.With(chosen.Rank - 1, Experts) : chosen);
        return scores.OfAll
            ? editor.Add(scores.Value, new GatherElements(chosen.Rank - 1), [value, Shaped(Indices, chosen)], Origin, editor.TypeOf(value) with { Shape = chosen })
            : value;

        string Shaped(string name, Shape shape) => editor.TypeOf(name) is var type && type.Shape == shape
            ? name
            : editor.Add(name, Reshape.To(shape), [name], Origin, type with { Shape = shape });
    });

    /// <summary>True for a node that leaves the results of one expert only.</summary>
    public static bool Masks(Graph graph, Node node) =>
        node.Op is Where && graph.TypeOf(node.Output) is { Element: ElementType.F32 } && Masked(graph, node) is var (mask, _)
        && ChoiceMap.Of(graph, mask) is { } choice && Ranked(graph, choice.Indices) is not null;

    /// <summary>How many are chosen in a row, of how many; null if that is not known.</summary>
    public static (int Choices, int Of)? Ranked(Graph graph, string indices) => graph.Producer(indices) switch
    {
        { Op: RankedIndices { Axis: var axis }, Inputs: [var all] } when graph.TypeOf(all).Shape is var shape && axis == shape.Rank - 1 => (graph.TypeOf(indices).Shape[^1], shape[^1]),
        { Op: ArgExtremum { Axis: var axis }, Inputs: [var all] } when graph.TypeOf(all).Shape is var shape && (axis == -1 || axis == shape.Rank - 1) => (1, shape[^1]),
        _ => null,
    };

    private static bool Fits(Shape from, Shape to) => Enumerable.Range(1, from.Rank).All(i => from[^i] == 1 || from[^i] == to[^i]);

    // What a mask of ones and zeros leaves of a value.
    private static (string Mask, string Value)? Masked(Graph graph, Node node) => node switch
    {
        { Op: Where, Inputs: [var mask, var value, var zero] } when graph.ConstantOf(zero) is { } rest && Enumerable.Range(0, rest.Count).All(i => rest.Number(i) == 0) => (mask, value),
        { Op: Binary { Function: BinaryFunction.Multiply, Activation.IsNone: true, Axis: null }, Inputs: [var a, var b] } =>
            ChoiceMap.Of(graph, a) is not null ? (a, b) : ChoiceMap.Of(graph, b) is not null ? (b, a) : null,
        _ => null,
    };
}
