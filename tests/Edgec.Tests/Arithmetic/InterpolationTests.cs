using Edgec.Runtime.Arithmetic;
using Xunit;

namespace Edgec.Tests.Arithmetic;

/// <summary>Samples between elements.</summary>
public sealed class InterpolationTests
{
    /// <summary>Two ways to the same bits: one wide sum, and two rows of 16 bits.</summary>
    [Fact]
    public void Rows_of_16_bits_give_the_same_sample()
    {
        int[] values = [-255, -254, -128, -17, -1, 0, 1, 3, 100, 254, 255];
        var random = new Random(1);
        for (int bits = 1; bits <= 6; bits++)
            for (int y = 0; y < 1 << bits; y++)
                for (int x = 0; x < 1 << bits; x++)
                    for (int trial = 0; trial < 40; trial++)
                    {
                        int a = Next(), b = Next(), c = Next(), d = Next();
                        int expected = Interpolation.Sample(Interpolation.BilinearSum(a, b, c, d, y, x, bits), bits);
                        int top = (a << bits) + (b - a) * x, bottom = (c << bits) + (d - c) * x, difference = bottom - top;
                        Assert.InRange(top, short.MinValue, short.MaxValue);
                        Assert.InRange(difference, short.MinValue, short.MaxValue);
                        Assert.Equal(expected, Interpolation.SampleRows(top, difference, y, bits));
                    }

        int Next() => values[random.Next(values.Length)];
    }
}
