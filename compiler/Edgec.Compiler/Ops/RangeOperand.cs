using Edgec.Ir;

namespace Edgec.Ops;

/// <summary>
/// Part of a value that a concatenation takes from where it stands: the slice itself is never stored, if nothing but
/// concatenations reads it.
/// </summary>
/// <param name="Source">The value it is cut from.</param>
/// <param name="Slice">How.</param>
public sealed record RangeOperand(string Source, Slice Slice)
{
    /// <summary>The operand a value is, null if the value is stored.</summary>
    public static RangeOperand? Of(Graph graph, string value) =>
        !graph.IsOutput(value) && graph.Producer(value) is { Op: Slice slice, Inputs: [var source] }
        && graph.TypeOf(source) is var from && graph.TypeOf(value) is var to && from.Element == to.Element && from.Quantization == to.Quantization
        && graph.Consumers(value).All(node => node.Op is Concat) ? new(source, slice) : null;
}
