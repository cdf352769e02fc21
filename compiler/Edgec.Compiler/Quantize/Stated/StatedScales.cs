using System.Diagnostics.CodeAnalysis;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Quantize.Stated;

/// <summary>
/// The quantizations that a model states, spread to the values that can have them without a change of meaning: what a
/// <see cref="FakeQuantize"/> reads is rounded there and only there, so the kernel before it rounds to that scale at once; moves and
/// maxima commute with rounding, so the scale passes through them in both directions. An operator may state the scale of an operand as well.
/// </summary>
public sealed class StatedScales
{
    private readonly Graph graph;
    private readonly Dictionary<string, StatedIntegers> known = [];
    private readonly Func<Node, QuantizationRule> ruleOf;
    private readonly IReadOnlyDictionary<string, ValueRange> ranges;

    private readonly bool narrow;

    private StatedScales(Graph graph, Func<Node, QuantizationRule> ruleOf, IReadOnlyDictionary<string, ValueRange> ranges, bool narrow) =>
        (this.graph, this.ruleOf, this.ranges, this.narrow) = (graph, ruleOf, ranges, narrow);

    /// <param name="ruleOf">The quantizer's rule for a node.</param>
    /// <param name="ranges">Calibrated ranges by value.</param>
    /// <param name="narrow">See <see cref="StatedOperandRole.Integers"/>.</param>
    public static StatedScales Of(Graph graph, Func<Node, QuantizationRule> ruleOf, IReadOnlyDictionary<string, ValueRange> ranges, bool narrow)
    {
        var stated = new StatedScales(graph, ruleOf, ranges, narrow);
        stated.Spread();
        return stated;
    }

    public bool TryGet(string value, [NotNullWhen(true)] out StatedIntegers? stated) => known.TryGetValue(value, out stated);

    /// <summary>A value as the integers that an operator states for its operand.</summary>
    public StatedIntegers Operand(string value, StatedOperandRole role)
    {
        return Operand(role, ranges.TryGetValue(value, out ValueRange range) ? range : null);
    }

    /// <summary>Values of a range as the integers that an operator states for its operand.</summary>
    public StatedIntegers Operand(StatedOperandRole role, ValueRange? range)
    {
        (ElementType element, Quantization quantization) = role.Integers(range?.Lo, range?.Hi, narrow);
        return new(quantization, element);
    }

    /// <summary>A clamp that everybody who reads a value puts on it, so that its kernel can; null if there is none.</summary>
    public StatedScale? Clamp(string value)
    {
        if (graph.IsOutput(value))
            return null;
        StatedScale?[] readers = [.. graph.Consumers(value).Select(reader => reader.Op is DequantizeLinear ? null : StatedScale.Of(graph, reader)).Distinct()];
        return readers is [{ IsFull: false } only] ? only : null;
    }

    private void Spread()
    {
        foreach (Node node in graph.Nodes)
        {
            if (StatedScale.Of(graph, node) is { } own)
                known[node.Output] = own.Integers;
        }

        foreach (Node node in graph.Nodes.Reverse())
        {
            if (ruleOf(node) is not (StatedRule or FloatOnlyRule))
                FromReaders(node.Output);
        }

        foreach (string input in graph.Inputs.Where(input => graph.TypeOf(input).Element.IsFloat()))
        {
            FromReaders(input);
            if (ThresholdGrid.Of(graph, input, ruleOf) is { } grid)
                known.TryAdd(input, new(grid, ElementType.I8));
        }

        foreach (Node node in graph.Nodes)
        {
            if (ruleOf(node) is SharedRule)
                FromOperands(node);
        }
    }

    private void FromReaders(string value)
    {
        foreach (Node reader in graph.Consumers(value))
        {
            StatedIntegers? wanted = ruleOf(reader) switch
            {
                StatedRule => StatedScale.Of(graph, reader)?.Integers,
                SharedRule => known.GetValueOrDefault(reader.Output),
                FloatOnlyRule => null,
                _ when reader.Op is Operator op && op.RoleOf(reader.Inputs.IndexOf(value)) is StatedOperandRole role => Operand(value, role),
                _ => null,
            };
            if (wanted is not null && known.TryAdd(value, wanted))
                return;
        }
    }

    private void FromOperands(Node node)
    {
        StatedIntegers?[] operands = [.. ScaleGroups.Activations(graph, node).Select(known.GetValueOrDefault).Distinct()];
        if (operands is [{ } only])
            known.TryAdd(node.Output, only);
    }
}
