using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes.Moe;

/// <summary>Ones where an index names an expert, zeros elsewhere, wherever moves have put them: of which index and which expert each element is.</summary>
/// <param name="Indices">The value that holds the indices.</param>
/// <param name="Places">Of the value's shape, i32: flat positions in the indices.</param>
/// <param name="Experts">Of the value's shape, i32.</param>
internal sealed record ChoiceMap(string Indices, Tensor Places, Tensor Experts)
{
    /// <summary>
    /// What a value, a bool or a number, says of indices; null if it is nothing like that.
    /// <code>
    ///   equal(%i, #e), one-hot(%i), and the same moved, as a number or a bool
    /// </code>
    /// </summary>
    public static ChoiceMap? Of(Graph graph, string value) => Of(graph, value, holds: true);

    private static ChoiceMap? Of(Graph graph, string value, bool holds) => graph.Producer(value) switch
    {
        { Op: Compare { Function: CompareFunction.Equal, Axis: null }, Inputs: [var a, var b] } node => Compared(graph, node, a, b, holds) ?? Compared(graph, node, b, a, holds),
        { Op: Predicate { Function: PredicateFunction.Not }, Inputs: [var other] } => Of(graph, other, !holds),
        { Op: Cast, Inputs: [var other] } => Of(graph, other, holds),
        { Op: Where, Inputs: [var condition, var on, var off] } node when graph.TypeOf(condition).Shape == graph.TypeOf(node.Output).Shape
            => IsAll(graph, on, holds ? 1 : 0) && IsAll(graph, off, holds ? 0 : 1) ? Of(graph, condition, true) : null,
        { } node when ElementMap.IsMove(graph, node) => Of(graph, node.Inputs[0], holds) is { } all
            ? new(all.Indices, ElementMap.Move(graph, node, all.Places), ElementMap.Move(graph, node, all.Experts))
            : null,
        _ => null,
    };

    private static ChoiceMap? Compared(Graph graph, Node node, string index, string with, bool holds)
    {
        if (graph.ConstantOf(with) is not { } experts || experts.Element.IsFloat())
            return null;
        bool isZero = experts.Count == 1 && experts.Integer(0) == 0;
        if (isZero && Of(graph, index, !holds) is { } negated)
            return negated;
        Shape shape = graph.TypeOf(node.Output).Shape;
        if (!holds || graph.TypeOf(index).Element is not (ElementType.I32 or ElementType.I64))
            return null;
        string chosen = index;
        Tensor? places = null;
        foreach (ElementMap map in ElementMap.Of(graph, index))
            (chosen, places) = (map.Source, map.Map);
        var expand = new Expand([.. shape]);
        return new(chosen, expand.Evaluate(new([places], 1))[0], expand.Evaluate(new([experts.ConvertTo(ElementType.I32)], 1))[0]);
    }

    private static bool IsAll(Graph graph, string value, int number) =>
        graph.ConstantOf(value) is { } constant && Enumerable.Range(0, constant.Count).All(i => constant.Number(i) == number);
}
