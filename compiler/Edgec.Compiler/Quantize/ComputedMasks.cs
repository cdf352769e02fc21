using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Quantize;

/// <summary>
/// Ranges of sums with attention masks that are computed or an input: as <see cref="MaskedScores"/> has them for constants, whatever the mask holds
/// when the program runs. Its range ends where a position is closed for sure, and so do the constants that a condition chooses between; lower numbers are clamped there.
/// Masks that somebody else reads keep their range.
/// </summary>
internal static class ComputedMasks
{
    /// <param name="ranges">Calibrated ranges by value.</param>
    /// <param name="bag">Gets EC3018 where calibration saw only one number in a mask, so that nothing says whether another closes positions.</param>
    /// <param name="model">The model's file name, for diagnostics.</param>
    /// <returns>The graph with bounded constants, and ranges to match; the same objects where there is no such mask.</returns>
    public static (Graph Graph, IReadOnlyDictionary<string, ValueRange> Ranges) Bound(Graph graph, IReadOnlyDictionary<string, ValueRange> ranges, DiagnosticBag bag, string model)
    {
        var bounded = new Dictionary<string, ValueRange>(ranges);
        var least = new Dictionary<string, float>(); // of every mask, for all who add it
        var open = new HashSet<string>();
        foreach (Node node in graph.Nodes)
        {
            if (AttentionMask.Computed(graph, node) is not { } mask || !ranges.TryGetValue(mask.Scores, out ValueRange scores) || !ranges.TryGetValue(mask.Name, out ValueRange added))
                continue;
            if (Least(graph, mask.Name) is { } known)
                added = new(Math.Min(added.Lo, known), added.Hi); // whether calibration saw it or not
            else if (added.Lo == added.Hi && open.Add(mask.Name))
                bag.Add(QuantizeDiagnostics.MaskIsAlwaysOpen(NodeFault.Location(model, node), mask.Name));
            if (added.Lo > Math.Min(0, added.Hi) - (scores.Hi - scores.Lo) - MaskedScores.Distance)
                continue;
            float lowest = scores.Lo + Math.Min(0, added.Hi) - MaskedScores.Distance;
            foreach (string value in mask.Masked)
                bounded[value] = new(lowest, scores.Hi + added.Hi);
            least[mask.Name] = Math.Min(least.GetValueOrDefault(mask.Name), lowest - scores.Hi);
        }

        if (least.Count == 0)
            return (graph, ranges);
        var constants = new Dictionary<Node, float>();
        var ends = new Dictionary<string, float>(); // what several masks are moved from reaches as far as any of them
        foreach ((string name, float closed) in least)
        {
            ImmutableArray<string> moved = AttentionMask.Sources(graph, name);
            foreach (string value in moved)
                ends[value] = Math.Min(ends.GetValueOrDefault(value), closed);
            if (!moved.IsEmpty && graph.Producer(moved[^1]) is { Op: Where } choice)
                constants[choice] = Math.Min(constants.GetValueOrDefault(choice), closed);
        }

        foreach ((string value, float closed) in ends.Where(end => ranges.ContainsKey(end.Key)))
            bounded[value] = new(Math.Max(ranges[value].Lo, closed), ranges[value].Hi);

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

    // The least number that a condition chooses to make a mask; null where another node makes it.
    private static float? Least(Graph graph, string mask)
    {
        if (graph.Producer(AttentionMask.Origins(graph, mask)[^1]) is not { Op: Where, Inputs: [_, var a, var b] })
            return null;
        float[] values = [.. new[] { a, b }.Select(graph.ConstantOf).OfType<Tensor>().Where(constant => constant is { Element: ElementType.F32, Count: > 0 }).SelectMany(constant => constant.Span<float>().ToArray())];
        return values.Length == 0 ? null : values.Min();
    }

    private static string Clamped(GraphEditor editor, string input, float closed)
    {
        if (editor.ConstantOf(input) is not { Element: ElementType.F32 } constant)
            return input;
        Tensor values = Tensor.Of(constant.Shape, [.. constant.Span<float>().ToArray().Select(value => Math.Max(value, closed))]);
        return editor.AddConstant(input, values);
    }
}
