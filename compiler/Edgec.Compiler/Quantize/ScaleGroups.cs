using Edgec.Ir;
using Edgec.Ops;

namespace Edgec.Quantize;

/// <summary>
/// Which values share one scale. Operators that move or select bits (<see cref="QuantizationRule.Shared"/>) tie their
/// activation inputs and outputs together; the group's range is the union of its members'. Values whose scale the model
/// states belong to no group.
/// </summary>
public sealed class ScaleGroups
{
    private readonly Dictionary<string, string> parents = [];
    private readonly Dictionary<string, Quantization> quantizations = [];
    private readonly SortedSet<string> unknown = new(StringComparer.Ordinal);
    private readonly Graph graph;
    private readonly Func<Node, QuantizationRule> ruleOf;
    private readonly StatedScales stated;

    private ScaleGroups(Graph graph, Func<Node, QuantizationRule> ruleOf) =>
        (this.graph, this.ruleOf, stated) = (graph, ruleOf, StatedScales.Of(graph, ruleOf));

    /// <summary>The values that were asked for and had neither a stated scale nor a range.</summary>
    public IReadOnlyCollection<string> Unknown => unknown;

    /// <summary>What the model states.</summary>
    public StatedScales Stated => stated;

    /// <summary>Groups the values of a canonical graph and gives each group its quantization.</summary>
    /// <param name="ranges">Calibrated ranges by value.</param>
    /// <param name="ruleOf">The quantizer's rule for a node.</param>
    public static ScaleGroups Of(Graph graph, IReadOnlyDictionary<string, ValueRange> ranges, Func<Node, QuantizationRule> ruleOf)
    {
        var groups = new ScaleGroups(graph, ruleOf);
        foreach (Node node in graph.Nodes.Where(n => ruleOf(n) is SharedRule))
        {
            if (groups.stated.TryGet(node.Output, out _))
                continue;
            foreach (string input in Activations(graph, node).Where(input => !groups.stated.TryGet(input, out _)))
                groups.Tie(input, node.Output);
        }

        groups.Choose(ranges);
        return groups;
    }

    /// <summary>The quantization of a value; a placeholder where it is <see cref="Unknown"/>.</summary>
    public Quantization Of(string value)
    {
        if (stated.TryGet(value, out Quantization? quantization) || quantizations.TryGetValue(Find(value), out quantization))
            return quantization;
        unknown.Add(value);
        return Quantization.PerTensor(1, 0);
    }

    /// <summary>The operands of a node that change with the data.</summary>
    public static IEnumerable<string> Activations(Graph graph, Node node) => node.Inputs.Where((input, i) =>
        input.Length > 0 && graph.ConstantOf(input) is null && StatedConstant.Of(graph, input) is null && ((Operator)node.Op).RoleOf(i) is ActivationRole);

    private void Choose(IReadOnlyDictionary<string, ValueRange> ranges)
    {
        var fixedRules = graph.Nodes.Where(n => ruleOf(n) is FixedRule).ToDictionary(n => n.Output, n => (FixedRule)ruleOf(n));
        var union = new Dictionary<string, ValueRange>();
        var sources = new Dictionary<string, List<string>>();
        foreach ((string value, ValueRange range) in ranges)
        {
            if (stated.TryGet(value, out _))
                continue;
            string root = Find(value);
            union[root] = union.TryGetValue(root, out ValueRange sofar) ? sofar.Union(range) : range;
            if (graph.Producer(value) is not { } producer || ruleOf(producer) is not SharedRule)
                (sources.TryGetValue(root, out List<string>? list) ? list : sources[root] = []).Add(value);
        }

        foreach ((string root, ValueRange range) in union)
        {
            FixedRule[] fixeds = [.. sources.GetValueOrDefault(root, []).Select(s => fixedRules.GetValueOrDefault(s)).Distinct().OfType<FixedRule>()];
            bool allFixed = fixeds.Length == 1 && sources[root].TrueForAll(fixedRules.ContainsKey);
            quantizations[root] = allFixed
                ? Quantization.PerTensor(fixeds[0].Scale, fixeds[0].Zero)
                : Scales.Activation(range);
        }
    }

    private string Find(string value)
    {
        while (parents.TryGetValue(value, out string? parent))
            value = parent;
        return value;
    }

    private void Tie(string a, string b)
    {
        string x = Find(a), y = Find(b);
        if (x != y)
            parents[y] = x;
    }
}
