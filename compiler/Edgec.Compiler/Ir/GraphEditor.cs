using System.Collections.Immutable;
using Edgec.Runtime;

namespace Edgec.Ir;

/// <summary>
/// Builds the next graph while a pass walks the last one in order. Values can be renamed (all later readers follow),
/// constants and nodes added; <see cref="Finish"/> drops what nobody reads and returns the old graph if nothing was edited.
/// </summary>
public sealed class GraphEditor(Graph graph)
{
    private readonly List<Node> nodes = [];
    private readonly Dictionary<string, Node> producers = [];
    private readonly Dictionary<string, string> renamed = [];
    private readonly Dictionary<string, string> hints = []; // what new values would be called if that name were free
    private readonly ImmutableDictionary<string, Tensor>.Builder constants = graph.Constants.ToBuilder();
    private readonly ImmutableDictionary<string, TensorType>.Builder types = graph.Types.ToBuilder();
    private readonly HashSet<string> names = [.. graph.Types.Keys, .. graph.Nodes.SelectMany(n => n.Outputs), .. graph.Inputs];
    private bool edited;

    /// <summary>The graph before the pass.</summary>
    public Graph Old => graph;

    /// <summary>The name by which later nodes know a value of the old graph.</summary>
    public string Current(string value)
    {
        while (renamed.TryGetValue(value, out string? next))
            value = next;
        return value;
    }

    public TensorType TypeOf(string value) => types[Current(value)];

    public Tensor? ConstantOf(string value) => constants.GetValueOrDefault(Current(value));

    /// <summary>The node of the new graph that defines a value; null for inputs, constants, and what is not yet kept or added.</summary>
    public Node? Producer(string value) => producers.GetValueOrDefault(Current(value));

    /// <summary>Keeps a node as it is, but for renamed inputs.</summary>
    public void Keep(Node node)
    {
        ImmutableArray<string> inputs = [.. node.Inputs.Select(Current)];
        if (inputs.AsSpan().SequenceEqual(node.Inputs.AsSpan()))
        {
            Append(node);
            return;
        }

        edited = true;
        Append(node.With(inputs: inputs));
    }

    /// <summary>Puts a node with the same outputs in the place of an old one.</summary>
    public void Replace(Node node, Op op, ImmutableArray<string> inputs, Origin? origin = null)
    {
        edited = true;
        Append(node.With(op, [.. inputs.Select(Current)], origin: origin ?? node.Origin));
    }

    /// <summary>Adds a node with one new output named after <paramref name="hint"/>, and returns that value.</summary>
    public string Add(string hint, Op op, ImmutableArray<string> inputs, Origin origin, TensorType type)
    {
        string output = Fresh(hint);
        hints[output] = hints.GetValueOrDefault(hint, hint);
        Add(op, inputs, [output], origin, [type]);
        return output;
    }

    /// <summary>Adds a node that defines the given values.</summary>
    public void Add(Op op, ImmutableArray<string> inputs, ImmutableArray<string> outputs, Origin origin, ImmutableArray<TensorType> outputTypes)
    {
        edited = true;
        Append(new(outputs[0], op, [.. inputs.Select(Current)], outputs, origin));
        for (int i = 0; i < outputs.Length; i++)
        {
            types[outputs[i]] = outputTypes[i];
            names.Add(outputs[i]);
        }
    }

    /// <summary>Adds a constant named after <paramref name="hint"/>, and returns its name.</summary>
    public string AddConstant(string hint, Tensor tensor, Quantization? quantization = null)
    {
        edited = true;
        string name = Fresh(hint);
        hints[name] = hints.GetValueOrDefault(hint, hint);
        constants[name] = tensor;
        types[name] = new(tensor.Element, tensor.Shape, quantization);
        return name;
    }

    /// <summary>Makes a value of the old graph a constant; its producer must not be kept.</summary>
    public void SetConstant(string value, Tensor tensor, Quantization? quantization = null)
    {
        edited = true;
        constants[value] = tensor;
        types[value] = new(tensor.Element, tensor.Shape, quantization);
    }

    public void SetType(string value, TensorType type)
    {
        if (types.TryGetValue(value, out TensorType? old) && old == type)
            return;
        edited = true;
        types[value] = type;
    }

    /// <summary>Makes all later readers of <paramref name="value"/> read <paramref name="replacement"/>; the producer must not be kept.</summary>
    /// <remarks>An output of the graph keeps its name: see <see cref="Finish"/>.</remarks>
    public void Rename(string value, string replacement)
    {
        edited = true;
        replacement = Current(replacement);
        if (value != replacement)
            renamed[value] = replacement;
    }

    /// <summary>A value name that is not taken, derived from <paramref name="hint"/>.</summary>
    public string Fresh(string hint)
    {
        string name = hint;
        for (int i = 1; !names.Add(name); i++)
            name = $"{hint}_{i}";
        return name;
    }

    /// <summary>
    /// The edited graph, without nodes, constants and types that no output needs. A new value that took the place of an old
    /// one takes its name too, so that names survive passes; an output of the graph always gets its name back, through
    /// <paramref name="copy"/> where its value is an input or another output.
    /// </summary>
    /// <param name="level">The level of the new graph; the old one's if null.</param>
    /// <param name="copy">The operation that copies a value.</param>
    public Graph Finish(Level? level, Op copy)
    {
        if (!edited && (level is null || level == graph.Level))
            return graph;
        List<Node> all = RestoreNames(copy);
        var live = new HashSet<string>(graph.Outputs);
        var kept = new List<Node>();
        for (int i = all.Count - 1; i >= 0; i--)
        {
            if (!all[i].Outputs.Any(live.Contains))
                continue;
            kept.Add(all[i]);
            live.UnionWith(all[i].Inputs.Where(input => input.Length > 0));
        }

        kept.Reverse();
        live.UnionWith(graph.Inputs);
        live.UnionWith(kept.SelectMany(node => node.Outputs));
        RestoreHints(kept, live);
        return graph.With(
            level: level,
            nodes: [.. kept],
            constants: constants.Where(pair => live.Contains(pair.Key)).ToImmutableDictionary(),
            types: types.Where(pair => live.Contains(pair.Key)).ToImmutableDictionary());
    }

    // A value that took the place of another one, now gone, takes its name.
    private void RestoreHints(List<Node> kept, HashSet<string> live)
    {
        var restored = new Dictionary<string, string>();
        foreach ((string name, string hint) in hints)
        {
            if (name == hint || !live.Contains(name) || graph.IsOutput(name) || !live.Add(hint))
                continue;
            live.Remove(name);
            types[hint] = types[name];
            if (constants.TryGetValue(name, out Tensor? constant))
                constants[hint] = constant;
            restored[name] = hint;
        }

        string Restored(string value) => restored.GetValueOrDefault(value, value);
        for (int i = 0; i < kept.Count && restored.Count > 0; i++)
        {
            Node node = kept[i];
            if (node.Inputs.Any(restored.ContainsKey) || node.Outputs.Any(restored.ContainsKey))
                kept[i] = new(Restored(node.Name), node.Op, [.. node.Inputs.Select(Restored)], [.. node.Outputs.Select(Restored)], node.Origin);
        }
    }

    private void Append(Node node)
    {
        nodes.Add(node);
        foreach (string output in node.Outputs.Where(output => output.Length > 0))
            producers[output] = node;
    }

    // An imported graph knows few of its types.
    private void CopyType(string from, string to)
    {
        if (types.TryGetValue(from, out TensorType? type))
            types[to] = type;
    }

    private List<Node> RestoreNames(Op copy)
    {
        HashSet<string> computed = [.. nodes.SelectMany(node => node.Outputs)];
        HashSet<string> old = [.. graph.Nodes.SelectMany(node => node.Outputs), .. graph.Inputs];
        HashSet<string> outputs = [.. graph.Outputs];
        var restored = new Dictionary<string, string>();
        foreach (string name in outputs.Concat(renamed.Keys.ToArray()))
        {
            string value = Current(name);
            bool free = value != name && computed.Contains(value) && !computed.Contains(name) && !outputs.Contains(value);
            if (free && (outputs.Contains(name) || (old.Contains(name) && !old.Contains(value))) && restored.TryAdd(value, name))
                CopyType(value, name);
        }

        string Restored(string value) => restored.GetValueOrDefault(value, value);
        List<Node> all = restored.Count == 0 ? [.. nodes] : [.. nodes.Select(node => new Node(
            node.Name == node.Output ? Restored(node.Output) : node.Name,
            node.Op,
            [.. node.Inputs.Select(Restored)],
            [.. node.Outputs.Select(Restored)],
            node.Origin))];
        foreach (string output in outputs)
        {
            string value = Restored(Current(output));
            if (value == output)
                continue;
            CopyType(value, output);
            if (constants.TryGetValue(value, out Tensor? constant))
                constants[output] = constant;
            else
                all.Add(new(output, copy, [value], [output], all.Find(node => node.Outputs.Contains(value))?.Origin ?? Origin.None));
        }

        return all;
    }
}
