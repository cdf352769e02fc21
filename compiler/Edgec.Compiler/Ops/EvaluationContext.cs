using System.Collections.Immutable;
using Edgec.Ir;
using Edgec.Runtime;

namespace Edgec.Ops;

/// <summary>The values of a node's inputs; null for an absent optional input.</summary>
public sealed class EvaluationContext(ImmutableArray<Tensor?> inputs, int outputs)
{
    public int Count => inputs.Length;

    public int Outputs => outputs;

    public bool Has(int input) => input < inputs.Length && inputs[input] is not null;

    public Tensor Input(int input) =>
        Has(input) ? inputs[input]! : throw OperatorException.Invalid($"Input {input} is missing. Connect it.");

    public Tensor? Optional(int input) => Has(input) ? inputs[input] : null;

    /// <summary>The same inputs as <see cref="Operator.Infer"/> sees them, all known.</summary>
    public InferContext Infer => new([.. inputs.Select(i => i is null ? null : new TensorType(i.Element, i.Shape))], inputs, outputs);
}
