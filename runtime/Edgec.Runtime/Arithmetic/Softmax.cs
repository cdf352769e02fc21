namespace Edgec.Runtime.Arithmetic;

/// <summary>
/// Softmax of a row of quantized scores, independent of the order in which they arrive: E = round(32767 exp(-s d)) comes
/// from a table of the distance d to the row's maximum, the sum of E is exact, and each weight rounds once.
/// </summary>
[KernelSource]
public static class Softmax
{
    /// <summary>The number of leading zeros of a positive sum: sum &lt;&lt; k is in [2^31, 2^32).</summary>
    public static int NormalizationShift(uint sum)
    {
        uint rest = sum;
        int k = 0;
        if (rest < 1U << 16)
        {
            rest <<= 16;
            k += 16;
        }

        if (rest < 1U << 24)
        {
            rest <<= 8;
            k += 8;
        }

        if (rest < 1U << 28)
        {
            rest <<= 4;
            k += 4;
        }

        if (rest < 1U << 30)
        {
            rest <<= 2;
            k += 2;
        }

        if (rest < 1U << 31)
        {
            rest <<= 1;
            k += 1;
        }

        return k;
    }

    /// <summary>
    /// min(16 * 2^18, (distance * multiplier) >> shift): log2 of exp(scale * distance) with 18 fraction bits, for scores of 16 bits, whose
    /// distance to the maximum has 16. The multiplier has 24 bits.
    /// </summary>
    public static int ExponentPosition(int distance, int multiplier, int shift)
    {
        long position = ((long)distance * multiplier) >> (shift & 63);
        return position < 4194304 ? (int)position : 4194304;
    }

    /// <summary>
    /// 32767 * 2^-(position / 2^18), between two entries of round(32767 * 2^3 * 2^(-i/128)): entry i is bits 11 to 17 of the position,
    /// its fraction bits 0 to 10, the shift what is above; rounded once, half up.
    /// </summary>
    public static int Exponential(int left, int right, int position)
    {
        int fraction = position & 2047;
        int value = left * (2048 - fraction) + right * fraction;
        int whole = position >> 18;
        int half = 1 << ((13 + whole) & 31);
        return whole > 15 ? 0 : (value + half) >> ((14 + whole) & 31);
    }

    /// <summary>min(65535, floor(2^47 / (sum &lt;&lt; k))), a 16-bit reciprocal in [32768, 65535].</summary>
    public static uint Reciprocal(uint sum, int k)
    {
        uint normalized = sum << (k & 31);
        uint quotient = (uint)Division.Quotient(1UL << 47, normalized);
        return quotient < 65535U ? quotient : 65535U;
    }

    /// <summary>min(maximum, (exponential * maximum * reciprocal + 2^(46-k)) >> (47-k)).</summary>
    /// <remarks>The exponential and the maximum (255, or 32767 where a matrix product follows) have 15 bits.</remarks>
    public static int Weight(int exponential, uint reciprocal, int k, int maximum)
    {
        long scaled = (long)(exponential * maximum) * (ushort)reciprocal;
        long rounded = (scaled + (1L << ((46 - k) & 63))) >> ((47 - k) & 63);
        return rounded < maximum ? (int)rounded : maximum;
    }

    /// <summary>Which of 256 parts of [1, 2) the normalized sum is in: the entry of a table of logarithms below it.</summary>
    public static int LogarithmIndex(uint sum, int k) => (int)(((sum << (k & 31)) >> 23) & 255);

    /// <summary>Between the logarithms at both ends of that part, by the sum's next 15 bits.</summary>
    public static int Logarithm(uint sum, int k, int left, int right)
    {
        int fraction = (int)(((sum << (k & 31)) >> 8) & 32767);
        long rise = (long)right - left;
        return left + (int)((rise * fraction + 16384) >> 15);
    }

    /// <summary>
    /// clamp(zero + ((distance * multiplier - logarithm + 2^(shift-1)) >> shift), lo, hi): the logarithm of a weight, its score's
    /// distance from the highest (not positive) less the logarithm of the sum. Both terms stay below 2^60.
    /// </summary>
    public static int LogWeight(int distance, int multiplier, long logarithm, int shift, int zero, int lo, int hi)
    {
        long scaled = (long)distance * multiplier - logarithm;
        long half = 1L << ((shift - 1) & 63);
        return Scalar.ClampWide(zero + ((scaled + half) >> (shift & 63)), lo, hi);
    }

    /// <summary>
    /// clamp(zero + ((acc * reciprocal * multiplier + 2^(46-k+shift)) >> (47-k+shift)), lo, hi): a sum of values weighted by
    /// exponentials, normalized and requantized with one rounding. The product stays below 2^62 and 47-k+shift below 63.
    /// </summary>
    public static int RequantizeWeighted(
        long acc, uint reciprocal, int k, int multiplier, int shift, int zero, int lo, int hi)
    {
        int down = 47 - k + shift;
        long scaled = acc * (ushort)reciprocal * multiplier;
        long half = 1L << ((down - 1) & 63);
        return Scalar.ClampWide(zero + ((scaled + half) >> (down & 63)), lo, hi);
    }
}
