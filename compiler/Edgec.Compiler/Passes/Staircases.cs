using Edgec.Ops;
using Edgec.Runtime;

namespace Edgec.Passes;

/// <summary>
/// The conditions of a staircase, for each channel: <c>x ≥ t</c> or, where it descends, <c>x ≤ t</c>; and what becomes of them
/// when x is itself computed by scaling, adding or clamping. Exact but for double precision.
/// </summary>
internal sealed class Staircases
{
    private readonly double[][] thresholds;
    private readonly bool[][] strict; // x > t, x < t
    private readonly bool[] descends;

    private Staircases(double[][] thresholds, bool[][] strict, bool[] descends) =>
        (this.thresholds, this.strict, this.descends) = (thresholds, strict, descends);

    /// <summary>Those of a quantizer, for so many channels: integer lo + i is reached where x / scale + zero rounds to it or above.</summary>
    public static Staircases Of(FakeQuantize quantize, int channels)
    {
        int count = quantize.Hi - quantize.Lo;
        var limits = new double[count];
        var above = new bool[count];
        for (int i = 0; i < count; i++)
        {
            int integer = quantize.Lo + i + 1 - quantize.Stated.Zero;
            (double limit, above[i]) = Limit(integer, quantize.Rounding);
            limits[i] = limit * quantize.Stated.Scale;
        }

        return new(Copies(limits, channels), Copies(above, channels), new bool[channels]);
    }

    /// <summary>Those a <see cref="Thresholds"/> reads.</summary>
    /// <param name="limits">f64 [1 or C, N].</param>
    /// <param name="directions">Null, or one for each row.</param>
    public static Staircases Of(Tensor limits, Tensor? directions, int channels)
    {
        int count = limits.Shape[1];
        int Row(int c) => limits.Shape[0] == 1 ? 0 : c;
        return new(
            [.. Enumerable.Range(0, channels).Select(c => limits.Span<double>().Slice(Row(c) * count, count).ToArray())],
            Copies(new bool[count], channels),
            [.. Enumerable.Range(0, channels).Select(c => directions is not null && directions.Integer(Row(c)) < 0)]);
    }

    public int Channels => thresholds.Length;

    /// <summary>Conditions on x where they stood for <c>factor · x + addend</c>.</summary>
    public void Before(double[] factor, double[] addend)
    {
        for (int c = 0; c < Channels; c++)
        {
            for (int i = 0; i < thresholds[c].Length; i++)
            {
                if (factor[c] == 0)
                    Decide(c, i, Holds(c, i, addend[c]));
                else
                    thresholds[c][i] = (thresholds[c][i] - addend[c]) / factor[c];
            }

            if (factor[c] < 0)
            {
                // What was always so stays so.
                descends[c] = !descends[c];
                Array.Reverse(thresholds[c]);
                Array.Reverse(strict[c]);
            }
        }
    }

    /// <summary>Conditions on x where they stood for its clamp.</summary>
    public void Before(Activation clamp)
    {
        if (clamp.IsNone)
            return;
        for (int c = 0; c < Channels; c++)
        {
            (double easiest, double hardest) = descends[c] ? (clamp.Lo, clamp.Hi) : ((double)clamp.Hi, clamp.Lo);
            for (int i = 0; i < thresholds[c].Length; i++)
            {
                if (Holds(c, i, hardest))
                    Decide(c, i, true);
                else if (!Holds(c, i, easiest))
                    Decide(c, i, false);
            }
        }
    }

    /// <summary>f64 [C, N], or [1, N] where all channels are alike, and i8 [C or 1] directions, null where all ascend.</summary>
    public (Tensor Thresholds, Tensor? Directions) Tensors()
    {
        double[][] rows = [.. Enumerable.Range(0, Channels).Select(c => (double[])[.. Enumerable.Range(0, thresholds[c].Length).Select(i => Closed(c, i)).Order()])];
        bool alike = rows.Skip(1).All(row => row.AsSpan().SequenceEqual(rows[0])) && descends.All(d => d == descends[0]);
        int count = alike ? 1 : Channels;
        Tensor? directions = descends.Any(d => d) ? Tensor.Of([count], [.. descends.Take(count).Select(d => (sbyte)(d ? -1 : 1))]) : null;
        return (Tensor.Of([count, rows[0].Length], [.. rows.Take(count).SelectMany(row => row)]), directions);
    }

    private bool Holds(int channel, int i, double x)
    {
        double t = thresholds[channel][i];
        return descends[channel] ? (strict[channel][i] ? x < t : x <= t) : strict[channel][i] ? x > t : x >= t;
    }

    private void Decide(int channel, int i, bool holds)
    {
        thresholds[channel][i] = holds == descends[channel] ? double.PositiveInfinity : double.NegativeInfinity;
        strict[channel][i] = false;
    }

    // x > t is x ≥ the next number.
    private double Closed(int channel, int i) => !strict[channel][i] || double.IsInfinity(thresholds[channel][i])
        ? thresholds[channel][i]
        : descends[channel] ? Math.BitDecrement(thresholds[channel][i]) : Math.BitIncrement(thresholds[channel][i]);

    // From where on a number rounds to an integer or above, and whether that point itself does not.
    private static (double Limit, bool Strict) Limit(int integer, RoundingMode mode) => mode switch
    {
        RoundingMode.HalfEven => (integer - 0.5, (integer & 1) != 0),
        RoundingMode.HalfUp => (integer - 0.5, false),
        RoundingMode.HalfAwayFromZero => (integer - 0.5, integer <= 0),
        RoundingMode.HalfTowardZero => (integer - 0.5, integer > 0),
        RoundingMode.Floor => (integer, false),
        RoundingMode.Ceiling => (integer - 1, true),
        RoundingMode.TowardZero => integer > 0 ? (integer, false) : (integer - 1, true),
        RoundingMode.AwayFromZero => integer > 0 ? (integer - 1, true) : (integer, false),
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };

    private static T[][] Copies<T>(T[] row, int count) => [.. Enumerable.Range(0, count).Select(_ => (T[])row.Clone())];
}
