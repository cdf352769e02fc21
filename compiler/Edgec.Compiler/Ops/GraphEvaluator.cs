using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>
/// Runs a float graph node by node through <see cref="Operator.Evaluate"/>: the oracle of every pass and of calibration.
/// A value is let go after its last reader.
/// </summary>
public static class GraphEvaluator
{
    /// <summary>The outputs of the graph by name.</summary>
    /// <param name="inputs">A tensor for every input of the graph, of its shape and element type.</param>
    /// <param name="observe">Called with every input and every computed value, in order.</param>
    /// <param name="progress">Called before each node with the number of nodes done.</param>
    /// <exception cref="DiagnosticException">An input is missing or has another type, or a node cannot be evaluated.</exception>
    public static ImmutableDictionary<string, Tensor> Evaluate(
        Graph graph, IReadOnlyDictionary<string, Tensor> inputs, Action<string, Tensor>? observe = null, Action<int>? progress = null)
    {
        var values = new Dictionary<string, Tensor>();
        foreach (string input in graph.Inputs)
        {
            values[input] = Supplied(graph, inputs, input);
            observe?.Invoke(input, values[input]);
        }

        Dictionary<string, int> lastReader = LastReaders(graph);
        for (int i = 0; i < graph.Nodes.Length; i++)
        {
            progress?.Invoke(i);
            Node node = graph.Nodes[i];
            ImmutableArray<Tensor> results = Evaluate(graph, node, name => values.GetValueOrDefault(name) ?? graph.Constants[name]);
            for (int k = 0; k < node.Outputs.Length && k < results.Length; k++)
            {
                if (node.Outputs[k].Length == 0)
                    continue;
                observe?.Invoke(node.Outputs[k], results[k]);
                if (lastReader.ContainsKey(node.Outputs[k]))
                    values[node.Outputs[k]] = results[k];
            }

            foreach (string input in node.Inputs.Where(input => lastReader.GetValueOrDefault(input) == i))
                values.Remove(input);
        }

        return graph.Outputs.Distinct().ToImmutableDictionary(o => o, o => values.GetValueOrDefault(o) ?? graph.Constants[o]);
    }

    private static ImmutableArray<Tensor> Evaluate(Graph graph, Node node, Func<string, Tensor> valueOf)
    {
        try
        {
            var context = new EvaluationContext([.. node.Inputs.Select(i => i.Length == 0 ? null : valueOf(i))], node.Outputs.Length);
            return NodeFault.Guard(node, () => ((Operator)node.Op).Evaluate(context));
        }
        catch (OperatorException fault)
        {
            throw new DiagnosticException(NodeFault.Diagnose(graph.Name, node, fault));
        }
    }

    private static Tensor Supplied(Graph graph, IReadOnlyDictionary<string, Tensor> inputs, string name)
    {
        TensorType type = graph.TypeOf(name);
        if (!inputs.TryGetValue(name, out Tensor? tensor))
            throw new DiagnosticException(Diagnostic.Error("EC7101", name, $"No value is given for input {name} {type}. Supply one."));
        return tensor.Element == type.Element && tensor.Shape == type.Shape
            ? tensor
            : throw new DiagnosticException(Diagnostic.Error("EC7102", name, $"Input {name} is {type}, but the value given is {tensor}. Convert the data, or bind the shape with --shape."));
    }

    // Outputs of the graph are read by nobody later than the end; values nobody reads are not in the dictionary.
    private static Dictionary<string, int> LastReaders(Graph graph)
    {
        var last = new Dictionary<string, int>();
        for (int i = 0; i < graph.Nodes.Length; i++)
        {
            foreach (string input in graph.Nodes[i].Inputs)
                last[input] = i;
        }

        foreach (string output in graph.Outputs)
            last[output] = int.MaxValue;
        return last;
    }
}
