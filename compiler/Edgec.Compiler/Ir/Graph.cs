using System.Collections.Immutable;
using Edgec.Runtime;
using Edgec.Runtime.Kernels;

namespace Edgec.Ir;

/// <summary>An immutable network: nodes in topological order over named values, each defined once.</summary>
/// <remarks>Compared by reference on purpose: a pass that changes nothing hands back the same graph.</remarks>
public sealed class Graph
{
    private Dictionary<string, Node>? producers;
    private Dictionary<string, ImmutableArray<Node>>? consumers;

    public Graph(
        string name,
        Level level,
        ImmutableArray<string> inputs,
        ImmutableArray<string> outputs,
        ImmutableArray<Node> nodes,
        ImmutableDictionary<string, Tensor> constants,
        ImmutableDictionary<string, TensorType> types,
        RoundingProfile rounding = RoundingProfile.Single,
        bool byTask = false)
    {
        (Name, Level, Inputs, Outputs, Nodes, Constants, Types, Rounding, ByTask) = (name, level, inputs, outputs, nodes, constants, types, rounding, byTask);
    }

    public string Name { get; }

    public Level Level { get; }

    /// <summary>The values a caller supplies, each with an entry in <see cref="Types"/>.</summary>
    public ImmutableArray<string> Inputs { get; }

    public ImmutableArray<string> Outputs { get; }

    public ImmutableArray<Node> Nodes { get; }

    /// <summary>Weights and other known values by name. Shared between graphs, never written.</summary>
    public ImmutableDictionary<string, Tensor> Constants { get; }

    /// <summary>Types by value name. Inputs and constants always have one, all other values from <see cref="Level.Canonical"/> on.</summary>
    public ImmutableDictionary<string, TensorType> Types { get; }

    /// <summary>How integers are rounded; nothing before <see cref="Level.Quantized"/> depends on it.</summary>
    public RoundingProfile Rounding { get; }

    /// <summary>Each output is a task: a run computes the one its caller asks for.</summary>
    public bool ByTask { get; }

    public TensorType TypeOf(string value) => Types[value];

    public Tensor? ConstantOf(string value) => Constants.GetValueOrDefault(value);

    /// <summary>The node that defines a value, null for inputs and constants.</summary>
    public Node? Producer(string value)
    {
        producers ??= Nodes.SelectMany(node => node.Outputs.Where(o => o.Length > 0), (node, output) => (node, output))
            .ToDictionary(pair => pair.output, pair => pair.node);
        return producers.GetValueOrDefault(value);
    }

    /// <summary>The nodes that read a value, in order, each once.</summary>
    public ImmutableArray<Node> Consumers(string value)
    {
        if (consumers is null)
        {
            var lists = new Dictionary<string, List<Node>>();
            foreach (Node node in Nodes)
            {
                foreach (string input in node.Inputs.Distinct().Where(i => i.Length > 0))
                {
                    if (!lists.TryGetValue(input, out List<Node>? list))
                        lists[input] = list = [];
                    list.Add(node);
                }
            }

            consumers = lists.ToDictionary(pair => pair.Key, pair => pair.Value.ToImmutableArray());
        }

        return consumers.GetValueOrDefault(value, []);
    }

    public bool IsOutput(string value) => Outputs.Contains(value);

    /// <summary>Read by exactly one node and no output of the graph, so that this node may be fused with its producer.</summary>
    public bool HasSingleUse(string value) => Consumers(value).Length == 1 && !IsOutput(value);

    public Graph With(
        Level? level = null,
        ImmutableArray<string>? inputs = null,
        ImmutableArray<string>? outputs = null,
        ImmutableArray<Node>? nodes = null,
        ImmutableDictionary<string, Tensor>? constants = null,
        ImmutableDictionary<string, TensorType>? types = null,
        RoundingProfile? rounding = null,
        bool? byTask = null) =>
        new(Name, level ?? Level, inputs ?? Inputs, outputs ?? Outputs, nodes ?? Nodes, constants ?? Constants, types ?? Types, rounding ?? Rounding, byTask ?? ByTask);
}
