using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>What <see cref="Operator.Canonicalize"/> sees of its node, and how it adds the nodes that replace it.</summary>
public sealed class Canonicalizer(GraphEditor editor, Node node)
{
    public int Count => node.Inputs.Length;

    public int Outputs => node.Outputs.Length;

    /// <summary>True if somebody reads an output of the node.</summary>
    public bool IsRead(int output) => output < node.Outputs.Length && node.Outputs[output] is { Length: > 0 } name
        && (editor.Old.Consumers(name).Length > 0 || editor.Old.IsOutput(name));

    public bool Has(int input) => node.HasInput(input);

    /// <summary>The names of all inputs; empty where one is absent.</summary>
    public ImmutableArray<string> Inputs => node.Inputs;

    /// <summary>The name of an input value.</summary>
    public string Input(int input) => node.Inputs[input];

    public TensorType Type(int input) => editor.TypeOf(node.Inputs[input]);

    public Shape Shape(int input) => Type(input).Shape;

    public TensorType TypeOf(string value) => editor.TypeOf(value);

    /// <summary>The inferred type of an output.</summary>
    public TensorType OutputType(int output = 0) => editor.TypeOf(node.Outputs[output]);

    public Tensor? Constant(int input) => Has(input) ? editor.ConstantOf(node.Inputs[input]) : null;

    /// <summary>The inputs as <see cref="Operator.Infer"/> sees them.</summary>
    public InferContext Infer => InferOf(node);

    /// <summary>The inputs of another node as <see cref="Operator.Infer"/> sees them.</summary>
    public InferContext InferOf(Node other) => new(
        [.. other.Inputs.Select(i => i.Length == 0 ? null : editor.TypeOf(i))],
        [.. other.Inputs.Select(i => i.Length == 0 ? null : editor.ConstantOf(i))],
        other.Outputs.Length);

    /// <summary>The node that defines a value; null for inputs and constants.</summary>
    public Node? Producer(string value) => editor.Producer(value);

    /// <summary>True for a constant of stated integers and scales: a <see cref="DequantizeLinear"/> over a constant.</summary>
    public bool IsStated(int input) => Has(input)
        && Producer(node.Inputs[input]) is { Op: DequantizeLinear, Inputs: [var integers, ..] } && ConstantOf(integers) is not null;

    public Tensor? ConstantOf(string value) => editor.ConstantOf(value);

    /// <exception cref="OperatorException">The input is absent, or not known at compile time.</exception>
    public Tensor RequireConstant(int input, string meaning) => Constant(input) ?? throw OperatorException.Unsupported(
        $"Input {input} ({meaning}) must be known at compile time. Make it an initializer, or bind the dimensions it is computed from with --dim or --shape.");

    /// <summary>Adds a node of one output and returns that value; its type is inferred.</summary>
    /// <param name="inputs">Empty for one that is absent.</param>
    public string Add(Operator op, params ImmutableArray<string> inputs)
    {
        var context = new InferContext([.. inputs.Select(i => i.Length == 0 ? null : editor.TypeOf(i))], [.. inputs.Select(i => i.Length == 0 ? null : editor.ConstantOf(i))], 1);
        return editor.Add(node.Output, op, inputs, node.Origin, op.Infer(context)[0]);
    }

    /// <summary>Adds a constant and returns its name.</summary>
    public string AddConstant(string role, Tensor value) => editor.AddConstant($"{node.Output}_{role}", value);
}
