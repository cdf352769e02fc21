using Edgec.Ir;
using Edgec.Ops;
using Edgec.Quantize.Stated;
using Edgec.Runtime;

namespace Edgec.Quantize;

/// <summary>
/// Which values share one scale. Operators that move or select bits (<see cref="QuantizationRule.Shared"/>) tie their
/// activation inputs and outputs together; the group's range is the union of its members', its type that of the
/// widest source. Values whose scale the model
/// states belong to no group.
/// </summary>
public sealed class ScaleGroups
{
    private readonly Dictionary<string, string> parents = [];
    private readonly Dictionary<string, Group> groups = [];
    private readonly SortedSet<string> unknown = new(StringComparer.Ordinal);
    private readonly Graph graph;
    private readonly Func<Node, QuantizationRule> ruleOf;
    private readonly StatedScales stated;

    private ScaleGroups(Graph graph, Func<Node, QuantizationRule> ruleOf, IReadOnlyDictionary<string, ValueRange> ranges, bool narrow) =>
        (this.graph, this.ruleOf, stated) = (graph, ruleOf, StatedScales.Of(graph, ruleOf, ranges, narrow));

    /// <summary>The values that were asked for and had neither a stated scale nor a range.</summary>
    public IReadOnlyCollection<string> Unknown => unknown;

    /// <summary>What the model states.</summary>
    public StatedScales Stated => stated;

    /// <summary>Groups the values of a canonical graph and gives each group its quantization.</summary>
    /// <param name="ranges">Calibrated ranges by value.</param>
    /// <param name="wide">Those for 16-bit integers, which hold more; null where they are the same.</param>
    /// <param name="ruleOf">The quantizer's rule for a node.</param>
    /// <param name="elementOf">The type of a node's activations: i8 or i16.</param>
    /// <param name="narrow">8 bits are all there is, also for what operators state of their operands.</param>
    public static ScaleGroups Of(
        Graph graph, IReadOnlyDictionary<string, ValueRange> ranges, IReadOnlyDictionary<string, ValueRange>? wide, Func<Node, QuantizationRule> ruleOf,
        Func<Node, ElementType> elementOf, bool narrow = false)
    {
        var groups = new ScaleGroups(graph, ruleOf, ranges, narrow);
        foreach (Node node in graph.Nodes.Where(n => ruleOf(n) is SharedRule))
        {
            if (groups.stated.TryGet(node.Output, out _))
                continue;
            foreach (string input in Activations(graph, node).Where(input => !groups.stated.TryGet(input, out _)))
                groups.Tie(input, node.Output);
        }

        groups.Choose(ranges, wide ?? ranges, elementOf);
        return groups;
    }

    // The constants among which run-time values choose, by the value that comes out.
    private Dictionary<string, ValueRange> Tables() => graph.Nodes
        .Where(node => ruleOf(node) is SharedRule { HoldsTables: true } && graph.TypeOf(node.Output).Element == ElementType.F32)
        .ToDictionary(node => node.Output, node => node.Inputs.Where((input, i) => input.Length > 0 && ((Operator)node.Op).RoleOf(i) is ActivationRole)
            .Select(input => StatedConstant.Of(graph, input)?.Real ?? graph.ConstantOf(input)).OfType<Tensor>()
            .Select(Scales.RangeOf).Aggregate(new ValueRange(0, 0), (a, b) => a.Union(b)));

    /// <summary>The type of a value: that of its widest source, or of its widest reader where it comes out of float.</summary>
    public ElementType ElementOf(string value) =>
        stated.TryGet(value, out StatedIntegers? own) ? own.Element : groups.TryGetValue(Find(value), out Group? group) ? group.Element : ElementType.I8;

    /// <summary>
    /// The quantization of a value in a type, which need not be its own: a rescale makes the one from the other. A placeholder where
    /// it is <see cref="Unknown"/>.
    /// </summary>
    public Quantization In(string value, ElementType element)
    {
        if (stated.TryGet(value, out StatedIntegers? own))
        {
            (Quantization q, (int lo, int hi)) = (own.Quantization, own.Element.Range());
            return element == own.Element ? q : Scales.Activation(new((float)(q.Scale * (lo - q.Zero)), (float)(q.Scale * (hi - q.Zero))), element);
        }

        if (groups.TryGetValue(Find(value), out Group? group))
            return group.Fixed?.In(element) ?? Scales.Activation(element == ElementType.I16 ? group.WideRange : group.Range, element);
        unknown.Add(value);
        return Quantization.PerTensor(1, 0);
    }

    /// <summary>The operands of a node that change with the data.</summary>
    public static IEnumerable<string> Activations(Graph graph, Node node) => node.Inputs.Where((input, i) =>
        input.Length > 0 && graph.ConstantOf(input) is null && StatedConstant.Of(graph, input) is null && ((Operator)node.Op).RoleOf(i) is ActivationRole);

    private void Choose(IReadOnlyDictionary<string, ValueRange> ranges, IReadOnlyDictionary<string, ValueRange> wide, Func<Node, ElementType> elementOf)
    {
        Dictionary<string, ValueRange> tables = Tables();
        var fixedRules = graph.Nodes.Where(n => ruleOf(n) is FixedRule).ToDictionary(n => n.Output, n => (FixedRule)ruleOf(n));
        foreach (var members in ranges.Where(pair => !stated.TryGet(pair.Key, out _)).GroupBy(pair => Find(pair.Key)))
        {
            string[] values = [.. members.Select(pair => pair.Key)];
            string[] sources = [.. values.Where(v => graph.Producer(v) is not { } producer || ruleOf(producer) is not SharedRule)];
            FixedRule[] fixeds = [.. sources.Select(s => fixedRules.GetValueOrDefault(s)).Distinct().OfType<FixedRule>()];
            bool allFixed = fixeds.Length == 1 && sources.All(fixedRules.ContainsKey);
            groups[members.Key] = new(
                members.Select(pair => pair.Value.Union(tables.GetValueOrDefault(pair.Key))).Aggregate((a, b) => a.Union(b)),
                values.Select(value => wide.GetValueOrDefault(value, ranges[value]).Union(tables.GetValueOrDefault(value))).Aggregate((a, b) => a.Union(b)), Widest(values, sources, elementOf), allFixed ? fixeds[0] : null);
        }
    }

    private ElementType Widest(string[] values, string[] sources, Func<Node, ElementType> elementOf)
    {
        Node[] producers = [.. sources.Select(graph.Producer).OfType<Node>().Where(IsInteger)];
        IEnumerable<Node> deciding = producers.Length > 0 ? producers : values.SelectMany(v => graph.Consumers(v)).Where(IsInteger);
        return deciding.Any(node => elementOf(node) == ElementType.I16) ? ElementType.I16 : ElementType.I8;

        bool IsInteger(Node node) => ruleOf(node) is not (FloatOnlyRule or SharedRule);
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

    private sealed record Group(ValueRange Range, ValueRange WideRange, ElementType Element, FixedRule? Fixed);
}
