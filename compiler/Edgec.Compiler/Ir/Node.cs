using System.Collections.Immutable;

namespace Edgec.Ir;

/// <summary>One operation. Values are named; an absent optional input is the empty name.</summary>
/// <remarks>Compared by reference on purpose: a pass that changes nothing hands back the same node.</remarks>
public sealed class Node(string name, Op op, ImmutableArray<string> inputs, ImmutableArray<string> outputs, Origin origin)
{
    public string Name { get; } = name;

    public Op Op { get; } = op;

    public ImmutableArray<string> Inputs { get; } = inputs;

    public ImmutableArray<string> Outputs { get; } = outputs;

    public Origin Origin { get; } = origin;

    /// <summary>The first output, which also names the node where a unique name is wanted.</summary>
    public string Output => Outputs[0];

    public Node With(Op? op = null, ImmutableArray<string>? inputs = null, ImmutableArray<string>? outputs = null, Origin? origin = null) =>
        new(Name, op ?? Op, inputs ?? Inputs, outputs ?? Outputs, origin ?? Origin);

    public bool HasInput(int index) => index < Inputs.Length && Inputs[index].Length > 0;

    public override string ToString() =>
        $"{string.Join(", ", Outputs.Select(o => "%" + o))} = {Op.Name}({string.Join(", ", Inputs.Select(i => "%" + i))})";
}
