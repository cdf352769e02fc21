using System.Collections.Immutable;

namespace Edgec.Ir;

/// <summary>The ONNX nodes something came from. Fusing unions them; every diagnostic and emitted function carries them.</summary>
public sealed class Origin
{
    public static readonly Origin None = new([]);

    private Origin(ImmutableArray<string> nodes) => Nodes = nodes;

    /// <summary>Node names in the order of the model; an unnamed node goes by its first output.</summary>
    public ImmutableArray<string> Nodes { get; }

    public static Origin Of(params IEnumerable<string> nodes) => new([.. nodes.Distinct()]);

    public Origin Union(Origin other) => other.Nodes.Length == 0 ? this : Of(Nodes.Concat(other.Nodes));

    /// <summary>The names joined by <c>+</c>, at most three of them.</summary>
    public override string ToString() => Nodes.Length switch
    {
        0 => "(none)",
        <= 3 => string.Join('+', Nodes),
        _ => string.Join('+', Nodes.Take(3)) + $"+{Nodes.Length - 3} more",
    };
}
