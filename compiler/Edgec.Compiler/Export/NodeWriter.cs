using System.Collections.Immutable;
using Edgec.Import.Proto;
using Edgec.Ir;
using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Export;

/// <summary>Writes the ONNX nodes that one node of a canonical graph becomes. The last one written gives the node's output.</summary>
internal sealed class NodeWriter(OnnxModel model, Graph graph, Node node)
{
    private readonly string name = node.Origin.Nodes.Length == 0 ? node.Output : string.Join('+', node.Origin.Nodes);
    private NodeProto? last;

    public ImmutableArray<string> Inputs => node.Inputs;

    public Graph Graph => graph;

    public Node Node => node;

    public int Opset => model.Opset;

    public Shape ShapeOf(int input) => graph.TypeOf(node.Inputs[input]).Shape;

    public Shape Output => graph.TypeOf(node.Output).Shape;

    /// <summary>Adds a node.</summary>
    public string Add(string op, IEnumerable<string> inputs, params IEnumerable<(string Name, AttributeValue Value)> attributes) => Add(op, "", inputs, attributes);

    /// <summary>Adds a node of a domain.</summary>
    public string Add(string op, string domain, IEnumerable<string> inputs, params IEnumerable<(string Name, AttributeValue Value)> attributes)
    {
        // Absent inputs at the end are left out.
        string[] named = [.. inputs.Reverse().SkipWhile(input => input.Length == 0).Reverse()];
        bool rounds = node.Op is FakeQuantize or DequantizeLinear or QuantizeLinear;
        string own = last is null && !rounds ? name : $"{name}/{op}";
        last = model.Add(op, own, named, model.Fresh($"{node.Output}_{op}"), domain, attributes);
        return last.Output[0];
    }

    /// <summary>Adds a node and gives its second output, by a name of its own.</summary>
    public string AddSecond(string op, IEnumerable<string> inputs, params IEnumerable<(string Name, AttributeValue Value)> attributes)
    {
        Add(op, inputs, attributes);
        last!.Output.Add(model.Fresh($"{node.Output}_{op}_indices"));
        return last.Output[1];
    }

    /// <summary>Adds a function to the model, once.</summary>
    public void Function(FunctionProto function) => model.Function(function);

    /// <summary>Adds an initializer that only this node reads.</summary>
    public string Constant(string hint, Tensor tensor) => model.Initializer(model.Fresh($"{node.Output}_{hint}"), tensor);

    /// <summary>A list of integers as an initializer.</summary>
    public string Integers(string hint, IEnumerable<int> values)
    {
        long[] numbers = [.. values.Select(value => (long)value)];
        return Constant(hint, Tensor.Of([numbers.Length], numbers));
    }

    /// <summary>Integers that lie one to a byte as an initializer, two to a byte if <paramref name="narrow"/>.</summary>
    public string Bytes(string hint, Tensor tensor, bool narrow) => narrow
        ? model.Initializer4(model.Fresh($"{node.Output}_{hint}"), tensor)
        : Constant(hint, tensor);

    /// <summary>Adds the clamp that is fused into an operator.</summary>
    public void Clamp(string value, Activation clamp)
    {
        if (clamp == Activation.Relu)
            Add("Relu", [value]);
        else if (!clamp.IsNone)
            Clip(value, clamp.Lo, clamp.Hi);
    }

    public void Clip(string value, float lo, float hi) => Add(
        "Clip",
        [value, float.IsNegativeInfinity(lo) ? "" : Constant("min", Tensor.Scalar(lo)), float.IsPositiveInfinity(hi) ? "" : Constant("max", Tensor.Scalar(hi))]);

    /// <summary>Gives the last node's output the name of the node's.</summary>
    public void Finish() => last!.Output[0] = node.Output;
}
