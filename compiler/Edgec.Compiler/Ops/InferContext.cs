using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>What is known of a node's inputs while types are inferred.</summary>
/// <param name="inputs">Types; null for an absent optional input.</param>
/// <param name="constants">Values, where known.</param>
/// <param name="outputs">Number of outputs the node names.</param>
public sealed class InferContext(ImmutableArray<TensorType?> inputs, ImmutableArray<Tensor?> constants, int outputs)
{
    public int Count => inputs.Length;

    public int Outputs => outputs;

    public bool Has(int input) => input < inputs.Length && inputs[input] is not null;

    /// <exception cref="OperatorException">The input is absent.</exception>
    public TensorType Input(int input) =>
        Has(input) ? inputs[input]! : throw OperatorException.Invalid($"Input {input} is missing. Connect it.");

    public Shape Shape(int input) => Input(input).Shape;

    public Tensor? Constant(int input) => input < constants.Length ? constants[input] : null;

    /// <exception cref="OperatorException">The input is absent, or not known at compile time.</exception>
    public Tensor RequireConstant(int input, string meaning)
    {
        Input(input);
        return Constant(input) ?? throw OperatorException.Unsupported(
            $"Input {input} ({meaning}) must be known at compile time. Make it an initializer, or bind the dimensions it is computed from with --dim or --shape.");
    }

    /// <summary>The context of a graph's node.</summary>
    public static InferContext Of(Graph graph, Node node) => new(
        [.. node.Inputs.Select(i => i.Length == 0 ? null : graph.TypeOf(i))],
        [.. node.Inputs.Select(i => i.Length == 0 ? null : graph.ConstantOf(i))],
        node.Outputs.Length);
}
