using Edgec.Runtime.Arithmetic;
using Xunit;

namespace Edgec.Tests.Arithmetic;

/// <summary>The reciprocal root of a normalisation.</summary>
public sealed class LayerNormTests
{
    [Fact]
    public void A_reciprocal_is_the_root_of_the_quotient_both_floors()
    {
        var random = new Random(4);
        for (int i = 0; i < 200_000; i++)
        {
            ulong total = i < 1000 ? (ulong)i + (1UL << 30) : i < 2000 ? (1UL << 32) - (ulong)(i - 999) : (ulong)random.NextInt64(1L << 30, 1L << 32);
            UInt128 quotient = (1UL << 62) / total;
            uint root = LayerNorm.Reciprocal(total, 0);
            Assert.True(root == 65535 ? (UInt128)root * root <= quotient : (UInt128)root * root <= quotient && quotient < (UInt128)(root + 1) * (root + 1), $"{total}: {root}");
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

    [Fact]
    public void A_reciprocal_root_is_at_most_one_in_32768_too_small()
    {
        var random = new Random(3);
        for (int i = 0; i < 100_000; i++)
        {
            ulong total = (ulong)random.NextInt64() >> random.Next(1, 63) | 1;
            int k = LayerNorm.NormalizationShift(total);
            double product = LayerNorm.Reciprocal(total, k) * Math.Sqrt(total) / Math.ScaleB(1, 31 + k);
            Assert.InRange(product, 1 - 1 / 32768.0, 1 + 1e-9);
        }
    }
}
