using System.Collections.Immutable;
using Edgec.Diagnostics;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Plan;
using Edgec.Quantize;
using Edgec.Runtime;

namespace Edgec.Evaluate.Sensitivity;

/// <summary>A typed graph that is run node by node and keeps every value: the same kernels as its plan's, without places.</summary>
public sealed class LoweredGraph
{
    private readonly Dictionary<string, LoweredNode> producers;

    private LoweredGraph(Graph graph, ImmutableArray<LoweredNode> nodes) =>
        (Graph, Nodes, producers) = (graph, nodes, nodes.ToDictionary(node => node.Node.Output));

    public Graph Graph { get; }

    public ImmutableArray<LoweredNode> Nodes { get; }

    /// <exception cref="DiagnosticException">Nodes have no kernels; all of them are named.</exception>
    public static LoweredGraph Of(Graph graph, string model)
    {
        var bag = new DiagnosticBag();
        ImmutableArray<LoweredNode> nodes = [.. graph.Nodes.Select(node => Lower(graph, node, bag, model)).OfType<LoweredNode>()];
        bag.ThrowIfErrors();
        return new(graph, nodes);
    }

    /// <summary>Lowers one node; null, and a diagnostic, if it has no kernel.</summary>
    internal static LoweredNode? Lower(Graph graph, Node node, DiagnosticBag bag, string model)
    {
        try
        {
            return new(node, NodeLowering.Of(graph, node), graph.TypeOf(node.Output));
        }
        catch (OperatorException fault)
        {
            bag.Add(NodeFault.Diagnose(model, node, fault));
            return null;
        }
    }

    /// <summary>The node that computes a value; null for inputs and constants.</summary>
    public LoweredNode? Producer(string value) => producers.GetValueOrDefault(value);

    /// <param name="sample">Real numbers for every input.</param>
    public RunValues Run(IReadOnlyDictionary<string, Tensor> sample)
    {
        var values = new RunValues();
        foreach (string input in Graph.Inputs)
            values.Add(input, Boundary.ToGraph(sample[input], Graph.TypeOf(input)), Graph.TypeOf(input));
        foreach (LoweredNode node in Nodes)
            values.Add(node.Node.Output, node.Run(name => Graph.ConstantOf(name) ?? values.Of(name)), node.Type);
        foreach (string output in Graph.Outputs.Where(output => Graph.ConstantOf(output) is not null))
            values.Add(output, Graph.ConstantOf(output)!, Graph.TypeOf(output));
        return values;
    }
}
