using Edgec.Runtime.Arithmetic;
using Xunit;

namespace Edgec.Tests.Arithmetic;

/// <summary>Normalization of a row in integers against the exact one over the same values.</summary>
public sealed class LayerNormTests
{
    private const double OutputScale = 4 / 127.0;
    private const int Zero = 3;

    [Fact]
    public void Square_roots_are_floors()
    {
        for (ulong root = 0; root < 1 << 17; root++)
        {
            Assert.Equal(root, LayerNorm.SquareRoot(root * root));
            Assert.Equal(root, LayerNorm.SquareRoot(root * root + 2 * root));
        }
    }

    [Fact]
    public void A_normalized_total_has_31_or_32_bits()
    {
        for (int bit = 0; bit < 63; bit++)
        {
            foreach (ulong total in (ulong[])[1UL << bit, (2UL << bit) - 1])
            {
                int k = LayerNorm.NormalizationShift(total);
                UInt128 normalized = k < 0 ? (UInt128)total << (-2 * k) : total >> (2 * k);
                Assert.InRange(normalized, (UInt128)1 << 30, ((UInt128)1 << 32) - 1);
                Assert.InRange(k, -15, 16);
                Assert.Equal(Math.Min(65535, (uint)Math.Sqrt((1UL << 62) / (ulong)normalized)), LayerNorm.Reciprocal(total, k));
            }
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(48)]
    [InlineData(192)]
    [InlineData(768)]
    [InlineData(2352)]
    public void A_row_stays_near_half_a_step(int length)
    {
        Random random = new(length);
        double worst = 0;
        for (int trial = 0; trial < 200; trial++)
        {
            int spread = 1 << random.Next(1, 8);
            int[] values = [.. Enumerable.Range(0, length).Select(_ => trial == 0 ? 7 : random.Next(-spread, spread))];
            double scale = Math.Pow(10, -3 + 2 * random.NextDouble());
            double[] gamma = [.. values.Select(_ => 0.4 + 1.2 * random.NextDouble())];
            double[] beta = [.. values.Select(_ => random.NextDouble() - 0.5)];
            worst = Math.Max(worst, WorstError(values, scale, gamma, beta, 1e-5));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"rows of {length}: worst {worst:F4} LSB");
        Assert.InRange(worst, 0, 0.505);
    }

    private static double WorstError(int[] values, double scale, double[] gamma, double[] beta, double epsilon)
    {
        int length = values.Length;
        int sum = values.Sum();
        int[] centered = [.. values.Select(value => length * value - sum)];
        long squares = centered.Sum(value => (long)value * value);
        double root = Math.Sqrt(length);
        ulong total = (ulong)(squares + Math.Max(1, (long)Math.Round(epsilon * Math.Pow(length, 3) / (scale * scale))));
        int k = LayerNorm.NormalizationShift(total);
        uint reciprocal = LayerNorm.Reciprocal(total, k);

        int gainBits = (int)Math.Floor(Math.Log2(32767 / (gamma.Max() * root / OutputScale)));
        double mean = sum / (double)length;
        double variance = values.Sum(value => (value - mean) * (value - mean)) / length * scale * scale;
        double worst = 0;
        for (int i = 0; i < length; i++)
        {
            short gain = (short)Math.Round(gamma[i] * root / OutputScale * Math.Pow(2, gainBits));
            int bias = (int)Math.Round(beta[i] / OutputScale * 256);
            int actual = LayerNorm.Normalize(centered[i], gain, reciprocal, bias, 31 + k + gainBits, Zero, -128, 127);
            double exact = ((values[i] - mean) * scale / Math.Sqrt(variance + epsilon) * gamma[i] + beta[i]) / OutputScale + Zero;
            worst = Math.Max(worst, Math.Abs(actual - Math.Clamp(exact, -128, 127)));
        }

        return worst;
    }
}
