using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Passes.Moe;

/// <summary>
/// Mixtures of experts with nodes of its own for each expert, weighed by its column of a mask of scores, and summed one after the other.
/// <code>
///   %y0 = mul(matmul(gelu(matmul(%x, #w10)), #w20), slice(%gate) {starts=[0], ends=[1]})
///   %y1 = …
///   %o = add(add(%y0, %y1), …)
/// </code>
/// Or by the scores of its choices, or of its choices' rows only, as <see cref="BoundSelections"/> leaves those that are selected at run time:
/// <code>
///   %y0 = reduce-sum(where(equal(%i, #0), mul(matmul(…), %s), #zero))
/// </code>
/// What else is summed with them stays so.
/// </summary>
internal static class UnrolledMixture
{
    /// <summary>The mixture whose sum a node ends, and what else it sums; null if there is nothing like one.</summary>
    public static (Finding? Finding, ImmutableArray<string> Others)? Find(Graph graph, Node node)
    {
        if (!IsSum(graph, node) || (graph.HasSingleUse(node.Output) && IsSum(graph, graph.Consumers(node.Output)[0], graph.TypeOf(node.Output))))
            return null;
        var summands = new List<string>();
        Origin origin = Summands(graph, node, summands);
        Weighed[] all = [.. summands.Select(value => Column(graph, value) ?? Chosen(graph, value) ?? Selected(graph, value)).OfType<Weighed>()];
        if (all.GroupBy(w => w.Mask).FirstOrDefault(group => group.Count() > 1) is not { } group)
            return null;
        Weighed[] experts = [.. group.OrderBy(w => w.Expert)];
        HashSet<string> found = [.. experts.Select(w => w.Summand)]; // what else there is may be summed twice
        return (Find(graph, experts, experts.Aggregate(origin, (sum, w) => sum.Union(w.Origin))), [.. summands.Where(other => !found.Contains(other) && !IsZero(graph, other))]);
    }

    private static Finding Find(Graph graph, Weighed[] experts, Origin origin)
    {
        if (experts[0].Gate is not { } gate)
            return new Difference("no TopK chooses among its experts, so that all of them count");
        if (!experts.Select(w => w.Expert).SequenceEqual(Enumerable.Range(0, experts[0].Of)))
            return new Difference($"its scores are those of {experts[0].Of} experts, and it sums experts {string.Join(", ", experts.Select(w => w.Expert))}");
        ExpertWalk[] walks = [.. experts.Select(_ => new ExpertWalk(graph, node => Product(graph, node), (value, shape) => Bias(graph, value, shape)))];
        (ExpertLayer Layer, string Left)[][] chains = [.. walks.Zip(experts, (walk, w) => walk.Back(w.Value).ToArray())];
        for (int depth = 0; ; depth++)
        {
            if (Array.FindIndex(chains, chain => chain.Length <= depth) is >= 0 and var at)
                return new Difference($"its experts do not all begin with the same rows: expert {at} begins with {walks[at].Ending()}");
            if (Unlike(chains, depth) is { } difference)
                return difference;
            string?[] begins = [.. chains.Zip(experts, (chain, w) => Begin(graph, chain[depth].Left, w))];
            if (begins[0] is not { } x || begins.Any(begin => begin != x))
                continue;
            int rows = (int)(graph.TypeOf(gate.Indices).Shape.ElementCount / experts[0].Choices), inner = chains[0][depth].Layer.Weights.Shape[1];
            if (graph.TypeOf(x).Shape.ElementCount != (long)rows * inner)
                return new Difference($"it has scores of {rows} rows for rows {graph.TypeOf(x).Shape}");
            ImmutableArray<ExpertLayer> layers = [.. Enumerable.Range(0, depth + 1).Reverse().Select(i => Joined([.. chains.Select(chain => chain[i].Layer)]))];
            return new Mixture(x, gate.Indices, experts[0].Choices, experts.Length, gate.Scores, layers, origin);
        }
    }

    // The value whose rows an expert begins with.
    private static string? Begin(Graph graph, string left, Weighed expert)
    {
        if (expert.Rows is not { } rows)
            return ElementMap.Of(graph, left).FirstOrDefault(map => graph.Producer(map.Source)?.Op is not (Gather or GatherND) && map.IsCount)?.Source ?? left;
        string? x = null;
        int inner = graph.TypeOf(left).Shape[^1];
        foreach (ElementMap map in ElementMap.Of(graph, left))
        {
            if (graph.TypeOf(map.Source).Shape.ElementCount == (long)rows.Length / expert.Choices * inner && map.Map.Count == rows.Length * inner
                && Enumerable.Range(0, map.Map.Count).All(i => map.Map.Integer(i) == (long)rows[i / inner] * inner + i % inner))
                x = map.Source;
        }

        return x;
    }

    // What sets one expert apart from the first.
    private static Difference? Unlike((ExpertLayer Layer, string Left)[][] chains, int depth)
    {
        for (int e = 1; e < chains.Length; e++)
        {
            if (Unlike(chains[0][depth].Layer, chains[e][depth].Layer, e) is { } difference)
                return difference;
        }

        return null;
    }

    private static Difference? Unlike(ExpertLayer first, ExpertLayer other, int e)
    {
        if (other.Weights.Shape != first.Weights.Shape)
            return new($"expert 0 has weights {first.Weights.Shape} where expert {e} has {other.Weights.Shape}");
        if (!other.Functions.Select(f => f.Op).SequenceEqual(first.Functions.Select(f => f.Op)))
            return new($"behind {first.Name} expert 0 has {Names(first.Functions)} where expert {e} has {Names(other.Functions)}");
        return (first.Factor, other.Factor) switch
        {
            ({ } a, { } b) when !a.Functions.Select(f => f.Op).SequenceEqual(b.Functions.Select(f => f.Op)) =>
                new($"behind {a.Name} expert 0 has {Names(a.Functions)} where expert {e} has {Names(b.Functions)}"),
            ({ } a, { } b) => Unlike(a.Layer, b.Layer, e),
            (null, null) => null,
            _ => new($"one of experts 0 and {e} multiplies {first.Name} by another layer"),
        };
    }

    private static string Names(ImmutableArray<ExpertFunction> functions) => functions.IsEmpty ? "no function" : string.Join(", ", functions.Select(f => f.Op.Name));

    private static ExpertLayer Joined(ImmutableArray<ExpertLayer> experts)
    {
        ExpertLayer first = experts[0];
        int columns = first.Weights.Shape[0], inner = first.Weights.Shape[1];
        Tensor weights = Joined(experts.Select(e => e.Weights), [experts.Length * columns, inner]);
        Tensor? bias = experts.All(e => e.Bias is null)
            ? null
            : Joined(experts.Select(e => e.Bias ?? Tensor.Zeros(ElementType.F32, [columns])), [experts.Length * columns]);
        ExpertFactor? factor = first.Factor is { } one
            ? new(one.Name, Joined([.. experts.Select(e => e.Factor!.Layer)]), All(experts.Select(e => e.Factor!.Origin)), Joined(experts.Select(e => e.Factor!.Functions)))
            : null;
        return new(first.Name, weights, bias, All(experts.Select(e => e.Origin)), Joined(experts.Select(e => e.Functions)), factor);
    }

    private static ImmutableArray<ExpertFunction> Joined(IEnumerable<ImmutableArray<ExpertFunction>> experts) =>
        [.. experts.First().Select((f, i) => f with { Origin = All(experts.Select(e => e[i].Origin)) })];

    private static Origin All(IEnumerable<Origin> origins) => origins.Aggregate(Origin.None, (all, one) => all.Union(one));

    private static Tensor Joined(IEnumerable<Tensor> parts, Shape shape) => Tensor.Of<float>(shape, [.. parts.SelectMany(part => part.Span<float>().ToArray())]);

    private static Origin Summands(Graph graph, Node node, List<string> summands)
    {
        Origin origin = node.Origin;
        foreach (string input in node.Inputs)
        {
            if (graph.HasSingleUse(input) && graph.Producer(input) is { } before && IsSum(graph, before, graph.TypeOf(node.Output)))
                origin = Summands(graph, before, summands).Union(origin);
            else
                summands.Add(input);
        }

        return origin;
    }

    // What a loop over experts begins with.
    private static bool IsZero(Graph graph, string value) =>
        graph.ConstantOf(value) is { } constant && Enumerable.Range(0, constant.Count).All(i => constant.Number(i) == 0);

    private static bool IsSum(Graph graph, Node node, TensorType? type = null) =>
        node is { Op: Binary { Function: BinaryFunction.Add, Activation.IsNone: true, Axis: null }, Inputs: [var a, var b] }
        && graph.TypeOf(a) == graph.TypeOf(b) && (type is null || graph.TypeOf(a) == type);

    // A value times one column of a mask of scores, or of what might be one.
    private static Weighed? Column(Graph graph, string summand)
    {
        if (graph.Producer(summand) is not { Op: Binary { Function: BinaryFunction.Multiply, Activation.IsNone: true, Axis: null }, Inputs: [var a, var b] } node)
            return null;
        Shape full = graph.TypeOf(summand).Shape;
        foreach ((string value, string score) in new[] { (a, b), (b, a) })
        {
            if (graph.TypeOf(value).Shape != full)
                continue;
            foreach (ElementMap map in ElementMap.Of(graph, score).Skip(1))
            {
                Shape scores = graph.TypeOf(map.Source).Shape;
                Gate? gate = scores.Rank < 2 ? null : Gate.Of(graph, map.Source);
                if (scores.Rank < 2 || (gate is null && graph.Producer(map.Source)?.Op is not Softmax) || map.Map.Count == 0)
                    continue;
                long expert = map.Map.Integer(0);
                Shape rows = [1, .. full];
                if (expert < scores[^1] && map.Is(rows, 0, (row, _, _) => row * scores[^1] + expert))
                    return new(summand, value, map.Source, (int)expert, scores[^1], gate, gate is null ? 0 : graph.TypeOf(gate.Indices).Shape[^1], null, node.Origin);
            }

            if (ChosenRows.Of(graph, score, 1) is { } chosen && chosen.Scores(graph, chosen.Value, graph.TypeOf(chosen.Value).Shape) is var found
                && graph.TypeOf(score).Shape is { Rank: > 0 } column && column[^1] == 1 && column.ElementCount == full.ElementCount / full[^1])
                return Of(graph, chosen, summand, value, found, null, node.Origin);
        }

        return null;
    }

    // The choices' rows of a value times their scores, summed.
    private static Weighed? Chosen(Graph graph, string summand)
    {
        Shape full = graph.TypeOf(summand).Shape;
        if (full.Rank == 0 || ChosenRows.Of(graph, summand, full[^1]) is not { } chosen
            || graph.Producer(chosen.Value) is not { Op: Binary { Function: BinaryFunction.Multiply, Activation.IsNone: true, Axis: null }, Inputs: [var a, var b] } node)
            return null;
        Shape shape = graph.TypeOf(chosen.Value).Shape;
        foreach ((string value, string score) in new[] { (a, b), (b, a) })
        {
            if (graph.TypeOf(value).Shape == shape && shape[^1] == full[^1] && chosen.Scores(graph, score, shape) is { } scores)
                return Of(graph, chosen, summand, value, scores, chosen.Rows, node.Origin);
        }

        return null;
    }

    // A column of rows of which those count that some choice names: the others' scores are zero.
    private static Weighed? Selected(Graph graph, string summand)
    {
        ElementMap outer = ElementMap.Of(graph, summand).Last();
        if (graph.Producer(outer.Source) is not { Op: Where, Inputs: [var mask, var value, var zero] } node || !IsZero(graph, zero))
            return null;
        ElementMap inner = ElementMap.Of(graph, value).Last();
        return outer.IsCount && inner.IsCount && Column(graph, inner.Source) is { Gate: { } gate } column && AnyChoice.Of(graph, mask) is { } any
            && any.Indices == gate.Indices && any.Expert == column.Expert && any.Holds(graph.TypeOf(value).Shape)
                ? column with { Summand = summand, Origin = column.Origin.Union(node.Origin) }
                : null;
    }

    private static Weighed? Of(Graph graph, ChosenRows chosen, string summand, string value, (string Value, bool OfAll)? scores, int[]? rows, Origin origin) => scores is { } found
        ? new(summand, value, $"{chosen.Indices} {found}", chosen.Expert, chosen.Experts, chosen.Gate(graph, found), chosen.Choices, rows, chosen.Origin.Union(origin))
        : null;

    private static (string Left, Tensor Weights)? Product(Graph graph, Node node)
    {
        if (node is not { Op: MatMul { Activation.IsNone: true } op, Inputs: [var left, var right] } || graph.ConstantOf(right) is not { Shape.Rank: 2 } weights)
            return null;
        return (left, op.TransposeB ? weights : weights.Transpose([1, 0]));
    }

    private static Tensor? Bias(Graph graph, string value, Shape shape) =>
        graph.ConstantOf(value) is { Shape.Rank: > 0 } bias && bias.Count == bias.Shape[^1] && bias.Count == shape[^1] ? bias.Reshape([bias.Count]) : null;

    /// <summary>One summand: a value times an expert's scores.</summary>
    /// <param name="Mask">What is the same for all experts of a mixture.</param>
    /// <param name="Of">How many experts there are.</param>
    /// <param name="Choices">How many of them a row chooses.</param>
    /// <param name="Rows">For each row of the value the row it is for; null if they are the same.</param>
    private sealed record Weighed(string Summand, string Value, string Mask, int Expert, int Of, Gate? Gate, int Choices, int[]? Rows, Origin Origin);
}
