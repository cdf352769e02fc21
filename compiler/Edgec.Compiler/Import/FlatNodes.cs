using Edgec.Diagnostics;
using Edgec.Import.Proto;
using Edgec.Runtime;

namespace Edgec.Import;

/// <summary>The nodes of a model without graphs inside it, as they are laid out one after the other, and which of their values are known numbers.</summary>
internal sealed class FlatNodes
{
    /// <summary>A few lines of functions and loops can ask for any number of nodes.</summary>
    private const int MaxNodes = 1_000_000;

    /// <summary>Of names: those inside functions, branches and loops hold the names of all that is around them.</summary>
    private const long MaxCharacters = 1 << 27;

    /// <summary>Copies that a known number is looked for behind.</summary>
    private const int MaxCopies = 64;

    private readonly string model;
    private readonly DiagnosticBag diagnostics;
    private readonly TensorReader tensors;
    private readonly AttributeConverter attributes;
    private readonly Dictionary<string, TensorProto> initializers;
    private readonly Dictionary<string, ModelNode> producers = [];
    private readonly HashSet<string> names;
    private readonly Dictionary<string, int> taken = []; // the last number behind a name
    private readonly List<ModelNode> nodes = [];
    private long characters;

    public FlatNodes(GraphProto graph, string model, TensorReader tensors, DiagnosticBag diagnostics)
    {
        (this.model, this.tensors, this.diagnostics) = (model, tensors, diagnostics);
        attributes = new(model, tensors, diagnostics);
        names = [.. graph.Node.SelectMany(n => n.Output), .. graph.Input.Select(i => i.Name), .. graph.Initializer.Select(i => i.Name)];
        initializers = graph.Initializer.GroupBy(i => i.Name).ToDictionary(i => i.Key, i => i.First());
    }

    public IReadOnlyList<ModelNode> Nodes => nodes;

    /// <summary>False after a diagnostic: there are too many nodes.</summary>
    public bool Add(ModelNode node)
    {
        nodes.Add(node);
        foreach (string output in node.Outputs)
            producers[output] = node;
        characters += node.Name.Length + node.Outputs.Sum(output => (long)output.Length);
        if (characters > MaxCharacters)
            return Refuse(node, "EC1113", $"The names of its functions, branches and loops take more than {MaxCharacters} characters. Give nodes shorter names.");
        return nodes.Count <= MaxNodes || Refuse(node, "EC1113", $"Its functions, branches and loops make more than {MaxNodes} nodes. Export the model without them, or with fewer iterations.");
    }

    /// <summary>Adds a constant with a name of its own for its value.</summary>
    public bool AddConstant(string name, string value, TensorProto tensor, Opsets opsets) =>
        Add(new(name, "", "Constant", "", [], [value], [new() { Name = "value", Type = AttributeProto.Types.AttributeType.Tensor, T = tensor }], opsets));

    /// <summary>The value that a value is a copy of; itself if it is none.</summary>
    public string Original(string value)
    {
        for (int copies = 0; copies < MaxCopies && !initializers.ContainsKey(value) && producers.GetValueOrDefault(value) is { Domain: "", OpType: "Identity", Inputs: [var source] }; copies++)
            value = source;
        return value;
    }

    /// <summary>The value if it is one number that an initializer or a constant holds; null if it is computed.</summary>
    public Tensor? Known(string value)
    {
        value = Original(value);
        if (initializers.TryGetValue(value, out TensorProto? initializer))
            return initializer.Dims.All(extent => extent == 1) ? tensors.Read(initializer, value) : null;
        return producers.GetValueOrDefault(value) is { Domain: "", OpType: "Constant" } constant && attributes.Constant(constant) is { Count: 1 } one ? one : null;
    }

    /// <summary>A name that nothing has yet.</summary>
    public string Fresh(string hint)
    {
        int count = taken.GetValueOrDefault(hint);
        string name = count == 0 ? hint : $"{hint}_{count}";
        while (!names.Add(name))
            name = $"{hint}_{taken[hint] = ++count}";
        return name;
    }

    /// <summary>Reports an error at a node and returns false.</summary>
    public bool Refuse(ModelNode node, string code, string fault)
    {
        diagnostics.Add(Diagnostic.Error(code, node.Location(model), fault));
        return false;
    }
}
