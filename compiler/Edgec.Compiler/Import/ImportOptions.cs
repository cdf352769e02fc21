using Edgec.Runtime;

namespace Edgec.Import;

/// <summary>What a user says about dimensions that a model leaves open.</summary>
/// <param name="Dims">Extents of symbolic dimensions by name: <c>--dim height=320</c>.</param>
/// <param name="Shapes">Whole inputs by name: <c>--shape input=1x3x320x320</c>.</param>
public sealed record ImportOptions(IReadOnlyDictionary<string, int> Dims, IReadOnlyDictionary<string, Shape> Shapes)
{
    public static readonly ImportOptions None = new(new Dictionary<string, int>(), new Dictionary<string, Shape>());
}
