using System.Collections.Immutable;
using Edgec.Bundle;

namespace Edgec.Check;

/// <summary>The verdict on a bundle.</summary>
/// <param name="Samples">Inputs on which it ran.</param>
/// <param name="Changed">Files that are not as the manifest says.</param>
public sealed record VerifyReport(
    string Backend, string Target, int Samples, ImmutableArray<LayerResult> Layers, ImmutableArray<string> Changed, double Seconds)
{
    /// <summary>Outputs that were also asked for alone; 0 where a run computes all.</summary>
    public int Tasks { get; init; }

    /// <summary>Every integer layer equal, every float layer within its bound.</summary>
    public bool Equal => Layers.All(layer => layer.Passed);

    public LayerResult? FirstDifference => Layers.FirstOrDefault(layer => !layer.Passed);

    /// <summary>Layers held to a bound instead of equality.</summary>
    public int FloatLayers => Layers.Count(layer => layer.IsFloat);

    /// <summary>What of it is kept with the bundle.</summary>
    public Verification Finding => new(
        Samples, Equal, FirstDifference is { } first ? $"{first.Index} {first.Name} at {first.First}" : null, Changed,
        [.. Layers.Select(layer => new LayerVerdict(layer.Index, layer.IsFloat, layer.Passed, layer.Differing, double.IsFinite(layer.Worst) ? layer.Worst : null))]);
}
