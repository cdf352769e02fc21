using System.Numerics;

namespace Edgec.Ops;

/// <summary>Two scales as integers, so that scaled integers can be compared exactly.</summary>
internal static class ScaleRatio
{
    /// <summary>A factor from 2^40 on outweighs 16 bits times any significand of 24.</summary>
    private const int Outweighs = 41;

    /// <summary>
    /// Factors A and B, below 2^41, with which <c>x·A</c> and <c>y·B</c> are ordered as <c>x·scaleA</c> and <c>y·scaleB</c> are, for all integers
    /// |x|, |y| up to 2^16. Scales of single precision are 24 bits and a power of two, so their ratio is one of integers; where that
    /// would be too large, the larger side outweighs the other all the same.
    /// </summary>
    public static (long A, long B) Of(float scaleA, float scaleB)
    {
        (long a, int exponentA) = Parts(scaleA);
        (long b, int exponentB) = Parts(scaleB);
        if (exponentA > exponentB)
            a <<= Math.Min(exponentA - exponentB, Outweighs - Length(a));
        else
            b <<= Math.Min(exponentB - exponentA, Outweighs - Length(b));
        long common = (long)BigInteger.GreatestCommonDivisor(a, b);
        return (a / common, b / common);
    }

    // An odd significand and its exponent.
    private static (long Significand, int Exponent) Parts(float scale)
    {
        int bits = BitConverter.SingleToInt32Bits(scale), exponent = (bits >> 23) & 0xFF;
        long significand = (bits & 0x7FFFFF) | (exponent == 0 ? 0 : 1 << 23);
        int zeros = BitOperations.TrailingZeroCount(significand);
        return (significand >> zeros, Math.Max(exponent, 1) + zeros);
    }

    private static int Length(long value) => 64 - BitOperations.LeadingZeroCount((ulong)value);
}
