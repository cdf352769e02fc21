namespace Edgec.Runtime.Arithmetic;

/// <summary>
/// Normalization of a row by an exact integer V, the square of its deviation: w = V >> 2k with 2^30 &lt;= w &lt; 2^32, R = min(65535, isqrt(2^62 / w)),
/// so R / 2^(31+k) is 1/sqrt(V). Division and root are floors: any algorithm gives the same bits.
/// </summary>
[KernelSource]
public static class LayerNorm
{
    /// <summary>k, in [-15, 16], for a total V in [1, 2^63): V >> 2k (a left shift where k is negative) is in [2^30, 2^32).</summary>
    public static int NormalizationShift(ulong total)
    {
        ulong rest = total;
        int zeros = 0;
        if (rest < 1UL << 32)
        {
            rest <<= 32;
            zeros += 32;
        }

        if (rest < 1UL << 48)
        {
            rest <<= 16;
            zeros += 16;
        }

        if (rest < 1UL << 56)
        {
            rest <<= 8;
            zeros += 8;
        }

        if (rest < 1UL << 60)
        {
            rest <<= 4;
            zeros += 4;
        }

        if (rest < 1UL << 62)
        {
            zeros += 2;
        }

        return 16 - (zeros >> 1);
    }

    /// <summary>
    /// R = min(65535, isqrt(floor(2^62 / w))) with w = total >> 2k, which is the greatest R of 16 bits with R² · w at most 2^62: found digit by
    /// digit from what each would add, with no multiplier and no division.
    /// </summary>
    public static uint Reciprocal(ulong total, int k)
    {
        ulong normalized = k < 0 ? total << ((-2 * k) & 63) : total >> ((2 * k) & 63);
        ulong rest = 1UL << 62;
        ulong product = 0; // root · w
        uint root = 0;
        for (int i = 0; i < 16; i++)
        {
            ulong digit = normalized << ((15 - i) & 63);
            ulong trial = ((product << 1) + digit) << ((15 - i) & 63);
            if (rest >= trial)
            {
                rest -= trial;
                product += digit;
                root += 1U << ((15 - i) & 31);
            }
        }

        return root;
    }

    /// <summary>
    /// clamp(zero + ((centered * gain * reciprocal + bias * 2^(shift-8) + 2^(shift-1)) >> shift), lo, hi), where shift is e + G and
    /// both terms stay below 2^61.
    /// </summary>
    public static int Normalize(int centered, short gain, uint reciprocal, int bias, int shift, int zero, int lo, int hi)
    {
        long scaled = (long)centered * gain * (ushort)reciprocal;
        long offset = (long)bias << ((shift - 8) & 63);
        long half = 1L << ((shift - 1) & 63);
        return Scalar.ClampWide(zero + ((scaled + offset + half) >> (shift & 63)), lo, hi);
    }
}
