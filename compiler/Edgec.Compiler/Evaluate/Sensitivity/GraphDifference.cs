using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Quantize;
using Edgec.Runtime;

namespace Edgec.Evaluate.Sensitivity;

/// <summary>
/// What one typed graph computes otherwise than another of the same model. Only that is run, on the values that the other
/// has computed; so a change of one layer costs the layer and what lies behind it. Holds no more constants than those that differ.
/// </summary>
public sealed class GraphDifference
{
    private readonly ImmutableArray<(string Name, TensorType Type)> inputs;
    private readonly ImmutableArray<LoweredNode> nodes;
    private readonly ImmutableDictionary<string, Tensor> constants;

    private GraphDifference(
        ImmutableArray<(string Name, TensorType Type)> inputs, ImmutableArray<LoweredNode> nodes, ImmutableDictionary<string, Tensor> constants) =>
        (this.inputs, this.nodes, this.constants) = (inputs, nodes, constants);

    /// <summary>How many nodes are run.</summary>
    public int Count => nodes.Length;

    /// <param name="before">The graph whose values are there.</param>
    /// <param name="after">The graph that is asked for.</param>
    /// <exception cref="DiagnosticException">A node that differs has no kernel.</exception>
    public static GraphDifference Of(LoweredGraph before, Graph after, string model)
    {
        var same = new HashSet<string>(after.Inputs.Where(input => before.Graph.TypeOf(input) == after.TypeOf(input)));
        var nodes = new List<LoweredNode>();
        var bag = new DiagnosticBag();
        foreach (Node node in after.Nodes)
        {
            LoweredNode? twin = node.Outputs.Length == 1 && before.Producer(node.Output) is { } known && AreTwins(before.Graph, known.Node, after, node) ? known : null;
            if (twin is not null && node.Inputs.All(input => input.Length == 0 || after.ConstantOf(input) is not null || same.Contains(input)))
                same.Add(node.Output);
            else if ((twin ?? LoweredGraph.Lower(after, node, bag, model)) is { } lowered)
                nodes.Add(lowered);
        }

        bag.ThrowIfErrors();
        IEnumerable<string> operands = nodes.SelectMany(node => node.Operands).Where(operand => after.ConstantOf(operand) is not null).Distinct();
        return new(
            [.. after.Inputs.Where(input => !same.Contains(input)).Select(input => (input, after.TypeOf(input)))],
            [.. nodes],
            operands.ToImmutableDictionary(operand => operand, operand => after.ConstantOf(operand)!));
    }

    /// <summary>Computes what differs.</summary>
    /// <param name="sample">Real numbers for every input.</param>
    /// <param name="before">What the graph before computed from the same sample.</param>
    public RunValues Run(IReadOnlyDictionary<string, Tensor> sample, RunValues before)
    {
        var values = new RunValues(before);
        foreach ((string name, TensorType type) in inputs)
            values.Add(name, Boundary.ToGraph(sample[name], type), type);
        foreach (LoweredNode node in nodes)
            values.Add(node.Node.Output, node.Run(name => constants.GetValueOrDefault(name) ?? values.Of(name)), node.Type);
        return values;
    }

    // What a concatenation takes from where it stands stands at the same place of the same value.
    private static bool AreSameRanges(Graph before, string x, Graph after, string y)
    {
        (RangeOperand? a, RangeOperand? b) = (RangeOperand.Of(before, x), RangeOperand.Of(after, y));
        return a == b && (a is null || before.TypeOf(a.Source) == after.TypeOf(a.Source));
    }

    // The same kernel: operator, types, and constants, whatever these are called.
    private static bool AreTwins(Graph before, Node a, Graph after, Node b)
    {
        if (!a.Op.Equals(b.Op) || a.Inputs.Length != b.Inputs.Length || before.TypeOf(a.Output) != after.TypeOf(b.Output))
            return false;
        for (int i = 0; i < a.Inputs.Length; i++)
        {
            (string x, string y) = (a.Inputs[i], b.Inputs[i]);
            if (x.Length == 0 || y.Length == 0)
            {
                if (x != y)
                    return false;
                continue;
            }

            if (!AreSameRanges(before, x, after, y))
                return false;
            (Tensor? p, Tensor? q) = (before.ConstantOf(x), after.ConstantOf(y));
            bool constants = p is not null && q is not null && (ReferenceEquals(p, q) || (p.Element == q.Element && p.Bytes.SequenceEqual(q.Bytes)));
            if (before.TypeOf(x) != after.TypeOf(y) || (x != y && !constants) || (p is null) != (q is null) || (p is not null && !constants))
                return false;
        }

        return true;
    }
}
