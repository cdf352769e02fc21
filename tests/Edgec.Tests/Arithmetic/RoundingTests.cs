using System.Numerics;
using Edgec.Kernels;
using Edgec.Runtime.Arithmetic;
using Edgec.Runtime.Kernels;
using Edgec.Tests.Lowering;
using Xunit;

namespace Edgec.Tests.Arithmetic;

/// <summary>The rounding profiles against their definitions in unbounded integers.</summary>
public sealed class RoundingTests
{
    private const int Seed = 11;

    [Fact]
    public void Half_even_is_the_nearest_integer_and_even_on_ties() => AssertEach("Rounding.HalfEven", row =>
    {
        (int acc, int multiplier, int shift, int zero) = ((int)row[0], (int)row[1], (int)row[3], (int)row[4]);
        long half = 1L << (shift - 1);
        BigInteger product = (BigInteger)acc * multiplier;
        if (BigInteger.Abs(product) + half >= BigInteger.One << 62)
            return (0, 0);
        BigInteger expected = Clamp(zero + Nearest(product, shift), row);
        Assert.Equal(expected, Rounding.HalfEvenWide(acc, multiplier, half, shift, zero, (int)row[5], (int)row[6]));
        return (expected, Rounding.HalfEven(acc, multiplier, half, shift, zero, (int)row[5], (int)row[6]));
    });

    [Fact]
    public void Twice_is_the_doubling_high_multiplication_and_the_rounding_shift() => AssertEach("Rounding.Twice", row =>
    {
        (int acc, int multiplier, int shift, int zero) = ((int)row[0], (int)row[1], (int)row[3], (int)row[4]);
        int left = Math.Max(31 - shift, 0), right = Math.Max(shift - 31, 0);
        BigInteger expected = Clamp(zero + RoundingShift(DoublingHigh((BigInteger)acc << left, multiplier), right), row);
        return (expected, Rounding.Twice(acc, multiplier, 1L << (Math.Min(shift, 31) - 1), shift, zero, (int)row[5], (int)row[6]));
    });

    [Fact]
    public void Sums_round_to_even_or_down() => AssertEach("Rounding.AddHalfEven", row =>
    {
        int[] v = [.. row.Select(value => (int)value)];
        BigInteger sum = (BigInteger)(v[0] - v[1]) * v[2] + (BigInteger)(v[3] - v[4]) * v[5];
        BigInteger down = BigInteger.Min(BigInteger.Max(v[7] + (sum >> v[6]), v[8]), BigInteger.Max(v[9], v[8]));
        if (v[8] <= v[9])
            Assert.Equal(down, Rounding.AddTruncated(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9]));
        BigInteger even = v[7] + Nearest(sum, v[6]);
        return (even < v[8] ? v[8] : even > v[9] ? v[9] : even, Rounding.AddHalfEven(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9]));
    });

    [Theory]
    [InlineData(RoundingProfile.Single, 3, -2, 2)]     // half up
    [InlineData(RoundingProfile.Onnx, 2, -2, 2)]       // half to even
    [InlineData(RoundingProfile.Tflite, 3, -2, 2)]     // below 31 bits it is one rounding, half up
    [InlineData(RoundingProfile.Truncate, 2, -3, 1)]   // down
    public void Profiles_differ_on_ties(RoundingProfile profile, int fiveHalves, int minusFiveHalves, int threeHalves)
    {
        IntegerFinish finish = FixedPoint.Finish([0.5], -17, -128, 127, profile)!;
        var requantizer = new Requantizer(
            finish.Multipliers.Span<int>(), finish.Shifts.Span<byte>(), finish.Addends.Span<long>(), finish.Lo, finish.Hi, finish.Profile, finish.Zero);
        Assert.Equal(fiveHalves - 17, requantizer.Apply<sbyte>(5, 0));
        Assert.Equal(minusFiveHalves - 17, requantizer.Apply<sbyte>(-5, 0));
        Assert.Equal(threeHalves - 17, requantizer.Apply<sbyte>(3, 0));
    }

    [Theory]
    [InlineData(1 << 30, 32, 2, 1)]    // 0.5 after the first rounding: away from zero
    [InlineData(1 << 30, 32, -2, -1)]
    [InlineData(1 << 30, 32, -1, 0)]   // -0.25 becomes 0 at once
    [InlineData(1518500250, 32, 1, 1)] // 0.3535 rounds up to 1, then 1/2 up to 1: what one rounding would not do
    public void Twice_rounds_twice(int multiplier, int shift, int acc, int expected) =>
        Assert.Equal(expected, Rounding.Twice(acc, multiplier, 1L << 30, shift, 0, -128, 127));

    [Fact]
    public void Multipliers_have_the_bits_of_their_profile_and_fewer_only_at_the_last_shift()
    {
        for (double ratio = 1e-9; ratio < 100; ratio *= 1.7)
        {
            AssertBits(FixedPoint.Parameters(ratio, 3, RoundingProfile.Single)!.Value, ratio, 16, 47);
            AssertBits(FixedPoint.Parameters(ratio, 3, RoundingProfile.Onnx)!.Value, ratio, 24, 47);
            AssertBits(FixedPoint.Parameters(ratio, 3, RoundingProfile.Tflite)!.Value, ratio, 31, 62);
        }
    }

    private static void AssertBits((int Multiplier, int Shift, long Addend) parameters, double ratio, int bits, int last)
    {
        int has = 32 - BitOperations.LeadingZeroCount((uint)parameters.Multiplier);
        Assert.True(has == bits || (has >= 16 && parameters.Shift == last), $"{ratio}: {has} bits, shift {parameters.Shift}");
        Assert.InRange(parameters.Multiplier / Math.ScaleB(ratio, parameters.Shift), 1 - Math.ScaleB(1, -has), 1 + Math.ScaleB(1, -has));
    }

    // round(value / 2^shift), ties to even.
    private static BigInteger Nearest(BigInteger value, int shift)
    {
        BigInteger floor = value >> shift, twice = (value - (floor << shift)) * 2, one = BigInteger.One << shift;
        return twice < one || (twice == one && floor.IsEven) ? floor : floor + 1;
    }

    // round(a · b / 2^31), ties up: the division truncates, the nudge has the product's sign.
    private static BigInteger DoublingHigh(BigInteger a, int b)
    {
        BigInteger product = a * b, nudge = product.Sign >= 0 ? BigInteger.One << 30 : 1 - (BigInteger.One << 30);
        return BigInteger.Divide(product + nudge, BigInteger.One << 31);
    }

    // round(value / 2^shift), ties away from zero.
    private static BigInteger RoundingShift(BigInteger value, int shift) => shift == 0
        ? value
        : value.Sign * ((BigInteger.Abs(value) + (BigInteger.One << (shift - 1))) >> shift);

    private static BigInteger Clamp(BigInteger value, long[] row) => value < row[5] ? row[5] : value > row[6] ? row[6] : value;

    private static void AssertEach(string function, Func<long[], (BigInteger Expected, int Actual)> compute)
    {
        foreach (long[] row in KernelRows.Of(KernelDomains.ByFunction[function], Seed))
        {
            (BigInteger expected, int actual) = compute(row);
            if (expected != actual)
                Assert.Fail($"{function}({string.Join(", ", row)}) is {actual}, not {expected}");
        }
    }
}
