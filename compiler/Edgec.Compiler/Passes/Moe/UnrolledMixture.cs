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
        Weighed[] all = [.. summands.Select(value => Column(graph, value)).OfType<Weighed>()];
        if (all.GroupBy(w => w.Mask).FirstOrDefault(group => group.Count() > 1) is not { } group)
            return null;
        Weighed[] experts = [.. group.OrderBy(w => w.Expert)];
        return (Find(graph, group.Key, experts, experts.Aggregate(origin, (sum, w) => sum.Union(w.Origin))), [.. summands.Except(experts.Select(w => w.Summand))]);
    }

    private static Finding Find(Graph graph, string mask, Weighed[] experts, Origin origin)
    {
        Shape scores = graph.TypeOf(mask).Shape;
        if (Gate.Of(graph, mask) is not { } gate)
            return new Difference("no TopK chooses among its experts, so that all of them count");
        if (!experts.Select(w => w.Expert).SequenceEqual(Enumerable.Range(0, scores[^1])))
            return new Difference($"its scores are those of {scores[^1]} experts, and it sums experts {string.Join(", ", experts.Select(w => w.Expert))}");
        ExpertWalk[] walks = [.. experts.Select(_ => new ExpertWalk(graph, node => Product(graph, node), (value, shape) => Bias(graph, value, shape)))];
        (ExpertLayer Layer, string Left)[][] chains = [.. walks.Zip(experts, (walk, w) => walk.Back(w.Value).ToArray())];
        for (int depth = 0; ; depth++)
        {
            if (Array.FindIndex(chains, chain => chain.Length <= depth) is >= 0 and var at)
                return new Difference($"its experts do not all begin with the same rows: expert {at} begins with {walks[at].Ending()}");
            if (Unlike(chains, depth) is { } difference)
                return difference;
            string x = chains[0][depth].Left;
            if (!chains.All(chain => chain[depth].Left == x))
                continue;
            if (graph.TypeOf(x).Shape.ElementCount != scores.ElementCount / scores[^1] * graph.TypeOf(x).Shape[^1])
                return new Difference($"it has scores {scores} for rows {graph.TypeOf(x).Shape}");
            ImmutableArray<ExpertLayer> layers = [.. Enumerable.Range(0, depth + 1).Reverse().Select(i => Joined([.. chains.Select(chain => chain[i].Layer)]))];
            return new Mixture(x, gate.Indices, graph.TypeOf(gate.Indices).Shape[^1], experts.Length, gate.Scores, layers, origin);
        }
    }

    // What sets one expert apart from the first.
    private static Difference? Unlike((ExpertLayer Layer, string Left)[][] chains, int depth)
    {
        ExpertLayer first = chains[0][depth].Layer;
        for (int e = 1; e < chains.Length; e++)
        {
            ExpertLayer other = chains[e][depth].Layer;
            if (other.Weights.Shape != first.Weights.Shape)
                return new($"expert 0 has weights {first.Weights.Shape} where expert {e} has {other.Weights.Shape}");
            if (!other.Functions.Select(f => f.Op).SequenceEqual(first.Functions.Select(f => f.Op)))
                return new($"behind {first.Name} expert 0 has {Names(first)} where expert {e} has {Names(other)}");
        }

        return null;
    }

    private static string Names(ExpertLayer layer) => layer.Functions.IsEmpty ? "no function" : string.Join(", ", layer.Functions.Select(f => f.Op.Name));

    private static ExpertLayer Joined(ImmutableArray<ExpertLayer> experts)
    {
        ExpertLayer first = experts[0];
        int columns = first.Weights.Shape[0], inner = first.Weights.Shape[1];
        Tensor weights = Joined(experts.Select(e => e.Weights), [experts.Length * columns, inner]);
        Tensor? bias = experts.All(e => e.Bias is null)
            ? null
            : Joined(experts.Select(e => e.Bias ?? Tensor.Zeros(ElementType.F32, [columns])), [experts.Length * columns]);
        ImmutableArray<ExpertFunction> functions =
            [.. first.Functions.Select((f, i) => f with { Origin = experts.Aggregate(Origin.None, (all, e) => all.Union(e.Functions[i].Origin)) })];
        return new(first.Name, weights, bias, experts.Aggregate(Origin.None, (all, e) => all.Union(e.Origin)), functions);
    }

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
                if (scores.Rank < 2 || (Gate.Of(graph, map.Source) is null && graph.Producer(map.Source)?.Op is not Softmax) || map.Map.Count == 0)
                    continue;
                long expert = map.Map.Integer(0);
                Shape rows = [1, .. full];
                if (expert < scores[^1] && map.Is(rows, 0, (row, _, _) => row * scores[^1] + expert))
                    return new(summand, value, map.Source, (int)expert, node.Origin);
            }
        }

        return null;
    }

    private static (string Left, Tensor Weights)? Product(Graph graph, Node node)
    {
        if (node is not { Op: MatMul { Activation.IsNone: true } op, Inputs: [var left, var right] } || graph.ConstantOf(right) is not { Shape.Rank: 2 } weights)
            return null;
        return (left, op.TransposeB ? weights : weights.Transpose([1, 0]));
    }

    private static Tensor? Bias(Graph graph, string value, Shape shape) =>
        graph.ConstantOf(value) is { Shape.Rank: > 0 } bias && bias.Count == bias.Shape[^1] && bias.Count == shape[^1] ? bias.Reshape([bias.Count]) : null;

    /// <summary>One summand: a value times an expert's scores.</summary>
    private sealed record Weighed(string Summand, string Value, string Mask, int Expert, Origin Origin);
}
