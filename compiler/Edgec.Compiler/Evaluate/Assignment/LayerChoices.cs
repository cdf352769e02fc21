using System.Collections.Immutable;
using Edgec.Evaluate.Sensitivity;

namespace Edgec.Evaluate.Assignment;

/// <summary>All that one layer can have.</summary>
/// <param name="Options">In the order of the candidates; at least one.</param>
public sealed record LayerChoices(RankedLayer Layer, ImmutableArray<LayerChoice> Options)
{
    /// <summary>The option of least noise, of several the cheapest.</summary>
    public int Best => Options.Select((option, i) => (option, i)).OrderBy(o => o.option.Noise).ThenBy(o => o.option.Price).First().i;

    /// <summary>The next cheaper option; null if there is none.</summary>
    public LayerChoice? CheaperThan(LayerChoice choice) =>
        Options.Where(option => option.Price < choice.Price).OrderByDescending(option => option.Price).ThenBy(option => option.Noise).FirstOrDefault();
}
