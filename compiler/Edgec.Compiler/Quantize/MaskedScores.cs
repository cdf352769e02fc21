using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Quantize;

/// <summary>
/// Ranges of sums with attention masks. A mask's numbers that close positions, -100 or -10⁹, would stretch the scale of the scores
/// until nothing of them is left. All that matters is that a closed position's exponential is 0, which the integer softmax's is from
/// a distance of 11.09 on. So a number that lies further below the greatest than the scores' own spread and <see cref="Distance"/> is replaced by
/// the least that keeps every closed position that far below every open one, and the sum gets the range of its open positions
/// and that distance. See docs/numerics.md, Softmax.
/// </summary>
public static class MaskedScores
{
    /// <summary>exp(-12) · 32767 rounds to 0, with a step of the scores to spare.</summary>
    public const float Distance = 12;

    /// <param name="ranges">Calibrated ranges by value.</param>
    /// <returns>The graph with bounded masks, and ranges to match; the same objects where there is no mask.</returns>
    public static (Graph Graph, IReadOnlyDictionary<string, ValueRange> Ranges) Bound(Graph graph, IReadOnlyDictionary<string, ValueRange> ranges)
    {
        var editor = new GraphEditor(graph);
        Dictionary<string, ValueRange>? bounded = null;
        foreach (Node node in graph.Nodes)
        {
            if (AttentionMask.Of(graph, node) is not { } mask || !ranges.TryGetValue(mask.Scores, out ValueRange scores)
                || (mask.Replaces ? Taken(graph.ConstantOf(mask.Name)!, scores) : Open(graph.ConstantOf(mask.Name)!, scores)) is not { } open)
            {
                editor.Keep(node);
                continue;
            }

            // What is added has to reach down from the highest score, what is put in the place of scores stands by itself.
            float least = scores.Lo + open.Lo - Distance, closed = mask.Replaces ? least : least - scores.Hi;
            Tensor constant = graph.ConstantOf(mask.Name)!;
            Tensor values = Tensor.Of(constant.Shape, [.. constant.Span<float>().ToArray().Select(value => value < (mask.Replaces ? closed : open.Lo) ? closed : value)]);
            string name = editor.AddConstant(mask.Name, values);
            editor.Replace(node, node.Op, [.. node.Inputs.Select(input => input == mask.Name ? name : input)]);
            bounded ??= new(ranges);
            foreach (string value in mask.Masked)
                bounded[value] = new(least, scores.Hi + open.Hi);
        }

        return bounded is null ? (graph, ranges) : (editor.Finish(null, new Identity()), bounded);
    }

    // How far numbers that take the place of scores widen their range upwards; null if none lies so far below all scores that it closes a position.
    private static ValueRange? Taken(Tensor mask, ValueRange scores)
    {
        float[] values = mask.Span<float>().ToArray();
        return values.Min() < scores.Lo - Distance ? new(0, Math.Max(0, values.Max() - scores.Hi)) : null;
    }

    // The range of the numbers that leave positions open; null if the mask closes none.
    private static ValueRange? Open(Tensor mask, ValueRange scores)
    {
        float[] values = mask.Span<float>().ToArray();
        float greatest = values.Max(), limit = greatest - (scores.Hi - scores.Lo) - Distance;
        float[] open = [.. values.Where(value => value > limit)];
        return open.Length == values.Length ? null : new(open.Min(), greatest);
    }
}
