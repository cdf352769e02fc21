using System.Collections.Immutable;

namespace Edgec.Evaluate.Assignment;

/// <summary>
/// From the best choice for every layer to the cheapest, one step at a time: each takes the step that adds the least noise for what
/// it saves. This is the greedy solution of the multiple-choice knapsack problem (Sinha and Zoltners, Operations Research 27(3),
/// 1979). It is exact at its own steps where noise adds up and each layer's choices lie on a convex curve.
/// </summary>
public sealed class DowngradePath
{
    private readonly ImmutableArray<LayerChoices> layers;
    private readonly List<(int Layer, int Option)> steps = [];

    public DowngradePath(ImmutableArray<LayerChoices> layers)
    {
        this.layers = layers;
        int[] at = Start();
        while (Cheapest(at, double.PositiveInfinity) is { } step)
        {
            steps.Add(step);
            at[step.Layer] = step.Option;
        }
    }

    /// <summary>How many steps there are; so many and one more assignments lie on the path.</summary>
    public int Count => steps.Count;

    /// <summary>The choice for each layer after so many steps.</summary>
    public ImmutableArray<LayerChoice> At(int count)
    {
        int[] at = Start();
        foreach ((int layer, int option) in steps.Take(count))
            at[layer] = option;
        return Choices(at);
    }

    /// <summary>The same walk with a limit on the noise of all layers together: a step that would pass it is left out, those behind it are
    /// not. If even the best choices pass it, these.</summary>
    public ImmutableArray<LayerChoice> Within(double noise)
    {
        int[] at = Start();
        while (Cheapest(at, noise) is { } step)
            at[step.Layer] = step.Option;
        return Choices(at);
    }

    private int[] Start() => [.. layers.Select(layer => layer.Best)];

    private ImmutableArray<LayerChoice> Choices(int[] at) => [.. layers.Select((layer, i) => layer.Options[at[i]])];

    // Of equal steps the first layer's counts.
    private (int Layer, int Option)? Cheapest(int[] at, double limit)
    {
        double sum = Choices(at).Sum(choice => choice.Noise);
        (int Layer, int Option)? best = null;
        (double Slope, double Saved) least = (double.PositiveInfinity, 0);
        for (int layer = 0; layer < layers.Length; layer++)
        {
            ImmutableArray<LayerChoice> options = layers[layer].Options;
            LayerChoice now = options[at[layer]];
            for (int option = 0; option < options.Length; option++)
            {
                double saved = now.Price - options[option].Price;
                if (saved <= 0 || sum - now.Noise + options[option].Noise > limit)
                    continue;
                double slope = (options[option].Noise - now.Noise) / saved;
                if (slope < least.Slope || (slope == least.Slope && best is { Layer: var same } && same == layer && saved > least.Saved))
                    (best, least) = ((layer, option), (slope, saved));
            }
        }

        return best;
    }
}
