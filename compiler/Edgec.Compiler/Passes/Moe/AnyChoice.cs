using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes.Moe;

/// <summary>Truths that say of each row whether one of its choices names an expert.</summary>
/// <param name="Indices">[.., k].</param>
/// <param name="Rows">Of the value's shape, i32: of which row each truth is.</param>
internal sealed record AnyChoice(string Indices, int Expert, Tensor Rows)
{
    /// <summary>
    /// What a value says of choices; null if it is nothing like that.
    /// <code>
    ///   greater(reduce-sum(equal(%i, #e)), #0), and the same moved; where a row has one choice, equal(%i, #e)
    /// </code>
    /// </summary>
    public static AnyChoice? Of(Graph graph, string value)
    {
        ElementMap moved = ElementMap.Of(graph, value).Last();
        string counts = moved.Source;
        bool holds = true;
        while (graph.Producer(counts) is { } node && Counted(graph, node, ref holds) is { } next)
            counts = next;
        if (!holds)
            return null;
        string ones = graph.Producer(counts) is { Op: Reduce { Function: ReduceFunction.Sum or ReduceFunction.Maximum } reduce } sum && IsLast(graph, sum, reduce) ? sum.Inputs[0] : counts;
        if (ChoiceMap.Of(graph, ones) is not { } choices || choices.Places.Shape.Rank == 0)
            return null;
        int each = ones == counts ? 1 : choices.Places.Shape[^1], expert = (int)choices.Experts.Integer(0);
        bool same = graph.TypeOf(choices.Indices).Shape.ElementCount == choices.Places.Count && new ElementMap(ones, choices.Places).IsCount
            && Enumerable.Range(0, choices.Experts.Count).All(i => choices.Experts.Integer(i) == expert)
            && (each == 1 || graph.TypeOf(choices.Indices).Shape[^1] == each);
        return same && choices.Places.Count / each == graph.TypeOf(counts).Shape.ElementCount ? new(choices.Indices, expert, moved.Map) : null;
    }

    /// <summary>True if over values of a shape each row has its truth.</summary>
    public bool Holds(Shape full) => Rows.Shape.Rank <= full.Rank && new ElementMap("", Rows).Is([1, .. full], 0, (row, _, _) => row);

    // What a truth is a comparison with zero of.
    private static string? Counted(Graph graph, Node node, ref bool holds)
    {
        switch (node)
        {
            case { Op: Compare { Function: CompareFunction.Equal, Axis: null }, Inputs: [var x, var zero] } when IsZero(graph, zero) && !IsIndex(graph, x):
                holds = !holds;
                return x;
            case { Op: Compare { Function: CompareFunction.Greater, Axis: null }, Inputs: [var x, var zero] } when holds && IsZero(graph, zero):
                return x;
            case { Op: Predicate { Function: PredicateFunction.Not }, Inputs: [var x] }:
                holds = !holds;
                return x;
            case { Op: Reshape or Cast, Inputs: [var x] }:
                return x;
            default:
                return null;
        }
    }

    // An index that is compared with expert 0 is no count.
    private static bool IsIndex(Graph graph, string value) => graph.Producer(ElementMap.Of(graph, value).Last().Source)?.Op is RankedIndices or ArgExtremum;

    private static bool IsZero(Graph graph, string value) => graph.ConstantOf(value) is { Count: 1 } constant && constant.Number(0) == 0;

    private static bool IsLast(Graph graph, Node node, Reduce reduce)
    {
        int rank = graph.TypeOf(node.Inputs[0]).Shape.Rank;
        long[] axes = node.HasInput(1) ? graph.ConstantOf(node.Inputs[1])?.Integers() ?? [] : [.. reduce.Axes.Select(axis => (long)axis)];
        return axes is [var only] && (only == rank - 1 || only == -1);
    }
}
