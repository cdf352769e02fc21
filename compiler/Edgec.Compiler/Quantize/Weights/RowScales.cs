using Edgec.Ir;

namespace Edgec.Quantize.Weights;

/// <summary>
/// The scales of one output's weights: one for all, or one for each group of them, as <c>channel · multiplier</c> with integer
/// multipliers (docs/numerics.md).
/// </summary>
/// <param name="Channel">The scale that requantizing sees.</param>
/// <param name="Multipliers">One for each group; empty where there are no groups.</param>
/// <param name="Weights">The scale of every weight.</param>
public sealed record RowScales(double Channel, int[] Multipliers, double[] Weights)
{
    /// <summary>One scale for all weights.</summary>
    public static RowScales Uniform(double scale, int inner)
    {
        var weights = new double[inner];
        Array.Fill(weights, scale);
        return new(scale, [], weights);
    }

    /// <summary>
    /// Scales of groups rounded up to multiples of one: the largest becomes 255 of it, so that each grows by less than
    /// 1/255 of the largest, and no weight is clipped that was not.
    /// </summary>
    /// <param name="groups">The scale each group of <paramref name="size"/> weights wants.</param>
    /// <param name="least">The smallest channel scale.</param>
    public static RowScales Grouped(ReadOnlySpan<double> groups, int size, int inner, double least)
    {
        double most = 0;
        foreach (double scale in groups)
            most = Math.Max(most, scale);
        double channel = Math.Max(Scales.SingleFrom(most / GroupScales.Most), least);
        int[] multipliers = new int[groups.Length];
        for (int group = 0; group < multipliers.Length; group++)
            multipliers[group] = (int)Math.Clamp(Math.Ceiling(groups[group] / channel - 1e-9), 1, GroupScales.Most);
        return new(channel, multipliers, [.. Enumerable.Range(0, inner).Select(i => channel * multipliers[i / size])]);
    }
}
