using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Quantize;

/// <summary>
/// Ranges of sums with attention masks that are computed or an input: as <see cref="MaskedScores"/> has them for constants, whatever the mask holds
/// when the program runs. Its range ends where a position is closed for sure, and so do the constants that a condition chooses between; lower numbers are clamped there.
/// </summary>
internal static class ComputedMasks
{
    /// <param name="ranges">Calibrated ranges by value.</param>
    /// <returns>The graph with bounded constants, and ranges to match; the same objects where there is no such mask.</returns>
    public static (Graph Graph, IReadOnlyDictionary<string, ValueRange> Ranges) Bound(Graph graph, IReadOnlyDictionary<string, ValueRange> ranges)
    {
        var bounded = new Dictionary<string, ValueRange>(ranges);
        var least = new Dictionary<string, float>(); // of every mask, for all who add it
        foreach (Node node in graph.Nodes)
        {
            if (AttentionMask.Computed(graph, node) is not { } mask || !ranges.TryGetValue(mask.Scores, out ValueRange scores) || !ranges.TryGetValue(mask.Name, out ValueRange added)
                || added.Lo > Math.Min(0, added.Hi) - (scores.Hi - scores.Lo) - MaskedScores.Distance)
                continue;
            float lowest = scores.Lo + Math.Min(0, added.Hi) - MaskedScores.Distance;
            foreach (string value in mask.Masked)
                bounded[value] = new(lowest, scores.Hi + added.Hi);
            least[mask.Name] = Math.Min(least.GetValueOrDefault(mask.Name), lowest - scores.Hi);
        }

        if (least.Count == 0)
            return (graph, ranges);
        var constants = new Dictionary<Node, float>();
        foreach ((string name, float closed) in least)
        {
            ImmutableArray<string> moved = AttentionMask.Sources(graph, name);
            foreach (string value in moved.Where(value => ranges.ContainsKey(value)))
                bounded[value] = new(Math.Max(bounded[value].Lo, closed), bounded[value].Hi);
            if (graph.Producer(moved[^1]) is { Op: Where } choice)
                constants[choice] = Math.Min(constants.GetValueOrDefault(choice), closed);
        }

        var editor = new GraphEditor(graph);
        foreach (Node node in graph.Nodes)
        {
            if (constants.TryGetValue(node, out float closed))
                editor.Replace(node, node.Op, [node.Inputs[0], .. node.Inputs.Skip(1).Select(input => Clamped(editor, input, closed))]);
            else
                editor.Keep(node);
        }

        return (editor.Finish(null, new Identity()), bounded);
    }

    private static string Clamped(GraphEditor editor, string input, float closed)
    {
        if (editor.ConstantOf(input) is not { Element: ElementType.F32 } constant)
            return input;
        Tensor values = Tensor.Of(constant.Shape, [.. constant.Span<float>().ToArray().Select(value => Math.Max(value, closed))]);
        return editor.AddConstant(input, values);
    }
}
