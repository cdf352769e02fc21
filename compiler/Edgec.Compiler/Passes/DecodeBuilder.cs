using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>Adds nodes behind a graph.</summary>
internal sealed class DecodeBuilder(Graph graph)
{
    private readonly List<Node> nodes = [.. graph.Nodes];
    private readonly ImmutableDictionary<string, Tensor>.Builder constants = graph.Constants.ToBuilder();
    private readonly ImmutableDictionary<string, TensorType>.Builder types = graph.Types.ToBuilder();

    /// <summary>A node with one output, whose type is inferred; gives the output's name.</summary>
    public string Add(string hint, Operator op, string origin, params ImmutableArray<string> inputs)
    {
        string name = Fresh(hint);
        types[name] = op.Infer(new([.. inputs.Select(i => types[i])], [.. inputs.Select(constants.GetValueOrDefault)], 1))[0];
        nodes.Add(new(name, op, inputs, [name], Origin.Of(origin)));
        return name;
    }

    public string Constant(string hint, Tensor value)
    {
        string name = Fresh(hint);
        constants[name] = value;
        types[name] = new(value.Element, value.Shape);
        return name;
    }

    /// <summary>An image [1,C,H,W] as [1,H,W,C]: what it was made from, if that is how it is stored.</summary>
    public string Last(string image, string origin) => graph.Producer(image) is { Op: Transpose { Permutation: [0, 3, 1, 2] }, Inputs: [var stored] }
        ? stored
        : Add(image, new Transpose([0, 2, 3, 1]), origin, image);

    /// <summary>Of an image [1,H,W,C].</summary>
    public (int Height, int Width, int Channels) Extents(string image) => (types[image].Shape[1], types[image].Shape[2], types[image].Shape[3]);

    public int Count(string value) => (int)types[value].Shape.ElementCount;

    public Graph Finish(ImmutableArray<string> outputs) =>
        graph.With(outputs: outputs, nodes: [.. nodes], constants: constants.ToImmutable(), types: types.ToImmutable());

    private string Fresh(string hint)
    {
        string name = hint;
        for (int i = 1; types.ContainsKey(name); i++)
            name = $"{hint}_{i}";
        return name;
    }
}
