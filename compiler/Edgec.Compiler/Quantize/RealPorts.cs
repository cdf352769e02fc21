using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Ops;

namespace Edgec.Quantize;

/// <summary>
/// Takes the conversion of inputs and outputs into a quantized graph, where the caller's side does it otherwise.
/// <code>
///   input %x : i8                 input %x : f32
///   %y = relu(%x) : i8     =>     %x_i8 = quantize(%x);  %y_i8 = relu(%x_i8)
///   output %y                     %y = dequantize(%y_i8);  output %y
/// </code>
/// </summary>
public static class RealPorts
{
    public static Graph Open(Graph graph)
    {
        string[] inputs = [.. graph.Inputs.Where(IsQuantized)], outputs = [.. graph.Outputs.Where(IsQuantized).Except(inputs).Where(o => graph.Producer(o) is not null)];
        var inner = new Dictionary<string, string>();
        foreach (string port in inputs.Concat(outputs))
            inner[port] = Fresh(graph, inner, $"{port}_q");
        string Inner(string value) => inner.GetValueOrDefault(value, value);
        ImmutableArray<Node> nodes =
        [
            .. inputs.Select(input => new Node(inner[input], new Ops.Quantize(), [input], [inner[input]], Origin.Of(input))),
            .. graph.Nodes.Select(node => new Node(
                node.Name == node.Output ? Inner(node.Output) : node.Name, node.Op, [.. node.Inputs.Select(Inner)], [.. node.Outputs.Select(Inner)], node.Origin)),
            .. outputs.Select(output => new Node(output, new Dequantize(), [inner[output]], [output], graph.Producer(output)!.Origin)),
        ];
        ImmutableDictionary<string, TensorType>.Builder types = graph.Types.ToBuilder();
        foreach ((string port, string value) in inner)
        {
            types[value] = graph.TypeOf(port);
            types[port] = TensorType.F32(graph.TypeOf(port).Shape);
        }

        return graph.With(nodes: nodes, types: types.ToImmutable());

        bool IsQuantized(string value) => graph.TypeOf(value).Quantization is not null;
    }

    private static string Fresh(Graph graph, Dictionary<string, string> taken, string hint)
    {
        string name = hint;
        for (int i = 1; graph.Types.ContainsKey(name) || taken.ContainsValue(name); i++)
            name = $"{hint}_{i}";
        return name;
    }
}
