using Edgec.Runtime;

namespace Edgec.Kernels;

/// <summary>
/// A function of integers that rises, or falls, by one step at each threshold: <c>start + step · #{i: q ≥ thresholds[i]}</c>
/// for q in [lowest, highest].
/// </summary>
/// <param name="Start">The value before the first threshold.</param>
/// <param name="Step">Not 0; negative where it falls.</param>
/// <param name="Thresholds">Ascending, each in [Lowest, Highest + 1].</param>
public sealed record Staircase(int Start, int Step, IReadOnlyList<long> Thresholds, long Lowest, long Highest)
{
    /// <summary>
    /// The finish of a staircase for each channel: a requantization where one gives the very same integers for every q, which
    /// is what all backends do best; else the thresholds themselves.
    /// </summary>
    /// <param name="lo">The least value of all staircases.</param>
    /// <param name="hi">The greatest.</param>
    public static Finish Finish(IReadOnlyList<Staircase> channels, int lo, int hi)
    {
        (int Multiplier, int Shift, long Addend)?[] lines = [.. channels.Select(channel => LineFit.Of(channel, lo, hi))];
        Shape shape = [channels.Count];
        if (lines.All(line => line is not null))
        {
            return new IntegerFinish(
                Tensor.Of(shape, [.. lines.Select(line => line!.Value.Multiplier)]),
                Tensor.Of(shape, [.. lines.Select(line => (byte)line!.Value.Shift)]),
                Tensor.Of(shape, [.. lines.Select(line => line!.Value.Addend)]),
                lo, hi);
        }

        int count = channels[0].Thresholds.Count;
        int[] thresholds = [.. channels.SelectMany(channel => channel.Thresholds).Select(t => (int)Math.Clamp(t, int.MinValue, int.MaxValue))];
        return new ThresholdFinish(
            Tensor.Of([channels.Count, count], thresholds),
            Tensor.Of(shape, [.. channels.Select(channel => (sbyte)channel.Start)]),
            Tensor.Of(shape, [.. channels.Select(channel => (sbyte)channel.Step)]));
    }

    /// <summary>The value at q.</summary>
    public int At(long q)
    {
        int reached = 0;
        foreach (long threshold in Thresholds)
            reached += q >= threshold ? 1 : 0;
        return Start + Step * reached;
    }
}
