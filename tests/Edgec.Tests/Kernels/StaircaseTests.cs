using Edgec.Kernels;
using Edgec.Runtime.Kernels;
using Xunit;

namespace Edgec.Tests.Kernels;

/// <summary>Staircases as requantizations, checked at every integer of their range, and as thresholds where no line will do.</summary>
public sealed class StaircaseTests
{
    [Fact]
    public void Every_staircase_that_a_requantization_makes_is_found_again()
    {
        var random = new Random(1);
        for (int i = 0; i < 300; i++)
        {
            int levels = 1 + random.Next(i % 3 == 0 ? 255 : 15);
            int lo = random.Next(-128, 127 - levels + 1), hi = lo + levels;
            double slope = levels * (0.3 + 3 * random.NextDouble()) / 2000 * (random.Next(2) == 0 ? 1 : -1);
            Staircase made = Made(slope, (lo + hi) / 2.0 + random.NextDouble(), lo, hi, 1000);
            Assert.IsType<IntegerFinish>(Check(made, lo, hi));
        }
    }

    [Fact]
    public void Any_staircase_is_exact()
    {
        var random = new Random(2);
        int asLines = 0;
        for (int i = 0; i < 400; i++)
        {
            int count = 1 + random.Next(4), step = (1 + random.Next(3)) * (random.Next(2) == 0 ? 1 : -1);
            long lowest = -random.Next(1, 2000), highest = random.Next(1, 2000);
            long[] thresholds = [.. Enumerable.Range(0, count).Select(_ => random.NextInt64(lowest, highest + 2)).Order()];
            int start = random.Next(-100, 100), end = start + step * count;
            asLines += Check(new(start, step, thresholds, lowest, highest), Math.Min(start, end), Math.Max(start, end)) is IntegerFinish ? 1 : 0;
        }

        Assert.InRange(asLines, 100, 399);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Two_values_need_no_thresholds(int direction)
    {
        for (long threshold = -3; threshold <= 4; threshold++)
            Assert.IsType<IntegerFinish>(Check(new(-direction, 2 * direction, [threshold], -3, 3), -1, 1));
    }

    [Fact]
    public void Ties_to_even_are_no_line()
    {
        // round(q / 2) with ties to even: the treads are 1 and 3 wide in turn.
        long[] thresholds = [2, 3, 6, 7, 10, 11];
        Assert.IsType<ThresholdFinish>(Check(new(0, 1, thresholds, -100, 100), 0, 6));
    }

    [Fact]
    public void Channels_may_differ_in_direction_and_in_what_they_reach()
    {
        Staircase[] channels = [new(0, 1, [-5, 5, 21], -20, 20), new(3, -1, [-10, -10, 10], -10, 10), new(0, 1, [0, 0, 0], 0, 100)];
        Finish finish = Staircase.Finish(channels, 0, 3);
        for (int c = 0; c < channels.Length; c++)
            Check(channels[c], finish, c);
    }

    private static Finish Check(Staircase staircase, int lo, int hi)
    {
        Finish finish = Staircase.Finish([staircase], lo, hi);
        Check(staircase, finish, 0);
        return finish;
    }

    private static void Check(Staircase staircase, Finish finish, int channel)
    {
        for (long q = staircase.Lowest; q <= staircase.Highest; q++)
            Assert.Equal(staircase.At(q), Apply(finish, (int)q, channel));
    }

    private static int Apply(Finish finish, int q, int channel) => finish switch
    {
        IntegerFinish f => RequantizeModel.Apply(f, q, channel),
        ThresholdFinish f => Requantizer.Thresholds(f.Thresholds.Span<int>(), f.Starts.Span<sbyte>(), f.Steps.Span<sbyte>()).Apply<sbyte>(q, channel),
        _ => throw new InvalidOperationException(),
    };

    // clamp(floor(slope·q + offset), lo, hi) as a staircase over [-reach, reach].
    private static Staircase Made(double slope, double offset, int lo, int hi, int reach)
    {
        int Value(long q) => (int)Math.Clamp(Math.Floor(slope * q + offset), lo, hi);
        int start = Value(-reach), end = Value(reach), step = end < start ? -1 : 1;
        var thresholds = new List<long>();
        for (long q = 1 - reach; q <= reach; q++)
        {
            for (int k = Value(q - 1); k != Value(q); k += step)
                thresholds.Add(q);
        }

        return new(start, step, thresholds.Count == 0 ? [reach + 1] : thresholds, -reach, reach);
    }
}
