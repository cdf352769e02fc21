using System.Numerics;
using Edgec.Runtime.Arithmetic;
using Xunit;

namespace Edgec.Tests.Arithmetic;

/// <summary>
/// Softmax in integers against exact softmax over the same scores. It is off by at most 1/2 for the last rounding, maximum / 32768
/// for the reciprocal's (16 bits, rounded down) and maximum * (N-1) / (2 * 32767) for those of the exponentials. The worst is printed.
/// </summary>
public sealed class SoftmaxTests
{
    private static readonly double[] Scales = [.. Enumerable.Range(0, 120).Select(i => Math.Pow(2, -9 + i * 0.1))];

    [Theory]
    [InlineData(255)]
    [InlineData(32767)]
    public void Rows_of_two_stay_within_the_bound(int maximum)
    {
        double worst = 0;
        foreach (double scale in Scales)
        {
            int[] table = Exponentials(scale);
            for (int distance = 0; distance < 256; distance++)
                worst = Math.Max(worst, WorstError([0, distance], scale, table, maximum));
        }

        AssertWithinBound(worst, 2, maximum);
    }

    [Theory]
    [InlineData(3, 255)]
    [InlineData(16, 255)]
    [InlineData(49, 255)]
    [InlineData(196, 255)]
    [InlineData(1024, 255)]
    [InlineData(3, 32767)]
    [InlineData(16, 32767)]
    [InlineData(49, 32767)]
    [InlineData(196, 32767)]
    [InlineData(1024, 32767)]
    public void Random_rows_stay_within_the_bound(int length, int maximum)
    {
        Random random = new(length + maximum);
        double worst = 0;
        foreach (double scale in Scales)
        {
            int[] table = Exponentials(scale);
            for (int trial = 0; trial < 20; trial++)
            {
                int spread = 1 << random.Next(1, 9);
                int[] distances = [0, .. Enumerable.Range(1, length - 1).Select(_ => random.Next(spread))];
                worst = Math.Max(worst, WorstError(distances, scale, table, maximum));
            }
        }

        AssertWithinBound(worst, length, maximum);
    }

    [Fact]
    public void Normalization_is_the_number_of_leading_zeros()
    {
        for (int bit = 0; bit < 32; bit++)
        {
            foreach (uint sum in (uint[])[1U << bit, (1U << bit) + (1U << bit) / 2, uint.MaxValue >> bit])
            {
                int k = Softmax.NormalizationShift(sum);
                Assert.Equal(BitOperations.LeadingZeroCount(sum), k);
                uint normalized = sum << k;
                Assert.Equal(Math.Min(65535, (1UL << 47) / normalized), Softmax.Reciprocal(sum, k));
                Assert.InRange(Softmax.Reciprocal(sum, k), 32768U, 65535U);
            }
        }
    }

    [Fact]
    public void A_weighted_sum_is_requantized_with_one_rounding()
    {
        Random random = new(3);
        for (int trial = 0; trial < 100_000; trial++)
        {
            uint sum = (uint)random.NextInt64(32767, 512 * 32767L);
            int k = Softmax.NormalizationShift(sum);
            uint reciprocal = Softmax.Reciprocal(sum, k);
            long acc = random.NextInt64(-128L * sum, 127L * sum + 1);
            int multiplier = random.Next(16384, 32768);
            int shift = random.Next(10, 16);
            int zero = random.Next(-128, 128);

            int down = 47 - k + shift;
            BigInteger exact = zero + (((BigInteger)acc * reciprocal * multiplier + (BigInteger.One << (down - 1))) >> down);
            Assert.Equal(BigInteger.Min(127, BigInteger.Max(-128, exact)), Softmax.RequantizeWeighted(acc, reciprocal, k, multiplier, shift, zero, -128, 127));
        }
    }

    private static int[] Exponentials(double scale) =>
        [.. Enumerable.Range(0, 256).Select(distance => (int)Math.Round(32767 * Math.Exp(-scale * distance)))];

    private static double WorstError(int[] distances, double scale, int[] table, int maximum)
    {
        uint sum = (uint)distances.Sum(distance => table[distance]);
        int k = Softmax.NormalizationShift(sum);
        uint reciprocal = Softmax.Reciprocal(sum, k);
        double total = distances.Sum(distance => Math.Exp(-scale * distance));
        return distances.Max(distance =>
            Math.Abs(Softmax.Weight(table[distance], reciprocal, k, maximum) - maximum * Math.Exp(-scale * distance) / total));
    }

    private static void AssertWithinBound(double worst, int length, int maximum)
    {
        double bound = 0.5 + maximum / 32768.0 + maximum * (length - 1) / (2.0 * 32767);
        TestContext.Current.TestOutputHelper?.WriteLine($"rows of {length}, maximum {maximum}: worst {worst:F3} LSB, bound {bound:F3}");
        Assert.InRange(worst, 0, bound);
    }
}
