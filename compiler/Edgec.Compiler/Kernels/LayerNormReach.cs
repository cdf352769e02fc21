using System.Numerics;
using Edgec.Runtime.Arithmetic;
using Edgec.Runtime.Kernels;

namespace Edgec.Kernels;

/// <summary>What the numbers of an integer normalisation can reach over every input.</summary>
public static class LayerNormReach
{
    /// <summary>The greatest square of a row's deviation: count · Σx² - (Σx)² is at most (count · spread / 2)².</summary>
    /// <param name="spread">The distance between the least and the greatest element: 255 or 65535.</param>
    public static BigInteger Total(in GroupGeometry g, bool centered, int spread)
    {
        BigInteger count = g.Count, square = (BigInteger)spread * spread;
        return centered ? (count * count * square + 3) / 4 : count * square;
    }

    /// <summary>
    /// True if 64 bits hold the normalisation: the square of the deviation with its guard bits stays below 2^62, distances from the
    /// mean fit 31 bits, shifts stay within [8, 62) and both terms of <see cref="LayerNorm.Normalize"/> below 2^61.
    /// </summary>
    /// <param name="spread">As for <see cref="Total"/>.</param>
    /// <param name="gain">The greatest |gain|.</param>
    /// <param name="bias">The greatest |bias|.</param>
    public static bool Fits(in GroupGeometry g, bool centered, int spread, int guard, long epsilon, int gain, long bias, int fraction)
    {
        BigInteger total = (Total(g, centered, spread) << guard) + epsilon, distance = centered ? (BigInteger)g.Count * spread : spread;
        if (epsilon < 1 || total >= BigInteger.One << 62 || distance >= int.MaxValue)
            return false;
        int least = Shift((ulong)epsilon), most = Shift((ulong)total);
        BigInteger bound = BigInteger.One << 61;
        return least >= 8 && most < 62 && distance * gain * 65535 < bound && ((BigInteger)bias << (most - 8)) + (BigInteger.One << (most - 1)) < bound;

        int Shift(ulong value) => 31 + LayerNorm.NormalizationShift(value) + fraction - guard / 2;
    }
}
