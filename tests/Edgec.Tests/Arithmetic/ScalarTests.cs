using System.Numerics;
using Edgec.Runtime.Arithmetic;
using Edgec.Tests.Lowering;
using Xunit;

namespace Edgec.Tests.Arithmetic;

/// <summary>Each function against its formula in unbounded integers, over its whole domain's edges and random draws.</summary>
public sealed class ScalarTests
{
    private const int Seed = 7;

    [Fact]
    public void Requantize_is_its_formula() => AssertEach("Scalar.Requantize", row =>
    {
        (int acc, int multiplier, int shift, int lo, int hi) = ((int)row[0], (int)row[1], (int)row[3], (int)row[4], (int)row[5]);
        BigInteger exact = Clamp(((BigInteger)acc * multiplier + row[2]) >> shift, lo, hi);
        Assert.Equal(exact, Scalar.RequantizeWide(acc, multiplier, row[2], shift, lo, hi));
        return (exact, Scalar.Requantize(acc, multiplier, row[2], shift, lo, hi));
    });

    [Fact]
    public void Requantize16_is_Requantize() => AssertEach("Scalar.Requantize16", row =>
    {
        (int acc, ushort multiplier, int shift, int lo, int hi) = ((int)row[0], (ushort)row[1], (int)row[3], (int)row[4], (int)row[5]);
        return (Scalar.Requantize(acc, multiplier, row[2], shift, lo, hi), Scalar.Requantize16(acc, multiplier, row[2], shift, lo, hi));
    });

    [Fact]
    public void RequantizeWide_is_its_formula() => AssertEach("Scalar.RequantizeWide", row =>
    {
        (int multiplier, int shift, int lo, int hi) = ((int)row[1], (int)row[3], (int)row[4], (int)row[5]);
        BigInteger exact = Clamp(((BigInteger)row[0] * multiplier + row[2]) >> shift, lo, hi);
        return (exact, Scalar.RequantizeWide(row[0], multiplier, row[2], shift, lo, hi));
    });

    [Fact]
    public void AddQuantized_is_its_formula() => AssertEach("Scalar.AddQuantized", row =>
    {
        int[] v = [.. row.Select(value => (int)value)];
        BigInteger sum = (BigInteger)(v[0] - v[1]) * v[2] + (BigInteger)(v[3] - v[4]) * v[5];
        BigInteger exact = Clamp(v[7] + ((sum + (BigInteger.One << (v[6] - 1))) >> v[6]), v[8], v[9]);
        return (exact, Scalar.AddQuantized(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9]));
    });

    [Fact]
    public void AddQuantized32_is_AddQuantized() => AssertEach("Scalar.AddQuantized32", row =>
    {
        int[] v = [.. row.Select(value => (int)value)];
        return (Scalar.AddQuantized(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9]), Scalar.AddQuantized32(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9]));
    });

    [Fact]
    public void MultiplyQuantized_is_its_formula() => AssertEach("Scalar.MultiplyQuantized", row =>
    {
        int[] v = [.. row.Select(value => unchecked((int)value))];
        BigInteger product = (BigInteger)(v[0] - v[1]) * (v[2] - v[3]);
        BigInteger exact = Clamp((product * v[4] + row[5]) >> v[6], v[7], v[8]);
        return (exact, Scalar.MultiplyQuantized(v[0], v[1], v[2], v[3], v[4], row[5], v[6], v[7], v[8]));
    });

    [Theory]
    [InlineData(5, 3)]
    [InlineData(-5, -2)]
    [InlineData(-6, -3)]
    [InlineData(7, 4)]
    public void The_standard_addend_rounds_half_up_and_adds_the_zero_point(int halves, int rounded)
    {
        const int Zero = -17;
        const int Shift = 16;
        long addend = (1L << (Shift - 1)) + ((long)Zero << Shift);
        Assert.Equal(rounded + Zero, Scalar.Requantize(halves, 32768, addend, Shift, -128, 127));
    }

    private static BigInteger Clamp(BigInteger value, int lo, int hi) => value < lo ? lo : value > hi ? hi : value;

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
