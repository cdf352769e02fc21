namespace Edgec.Runtime.Arithmetic;

/// <summary>
/// Requantization as other runtimes round it. <see cref="Scalar.Requantize"/> is the default and, with an addend of
/// zero * 2^shift, truncation; here an addend holds no zero point, for what is added after rounding must not move a tie.
/// </summary>
[KernelSource]
public static class Rounding
{
    /// <summary>
    /// clamp(zero + q, lo, hi), where q is floor((acc * multiplier + addend) / 2^shift), made even where the division leaves nothing:
    /// with an addend of 2^(shift-1) the nearest integer, ties to even. |acc * multiplier| + |addend| is under 2^62, shift 1 to 47.
    /// </summary>
    public static int HalfEven(int acc, int multiplier, long addend, int shift, int zero, int lo, int hi)
    {
        long scaled = (long)acc * multiplier + addend;
        return EvenTie(scaled, shift, zero, lo, hi);
    }

    /// <summary>HalfEven of a 64-bit accumulator.</summary>
    public static int HalfEvenWide(long acc, int multiplier, long addend, int shift, int zero, int lo, int hi)
    {
        long scaled = acc * multiplier + addend;
        return EvenTie(scaled, shift, zero, lo, hi);
    }

    /// <summary>HalfEven of two 64-bit accumulators, each at a scale of its own: |a * multiplierA| + |b * multiplierB| + |addend| is under 2^62.</summary>
    public static int JoinedHalfEven(
        long a, int multiplierA, long b, int multiplierB, long addend, int shift, int zero, int lo, int hi)
    {
        long scaled = a * multiplierA + b * multiplierB + addend;
        return EvenTie(scaled, shift, zero, lo, hi);
    }

    /// <summary>clamp(zero + q, lo, hi), where q is scaled >> shift, made even where the shift loses no bit.</summary>
    public static int EvenTie(long scaled, int shift, int zero, int lo, int hi)
    {
        long floor = scaled >> (shift & 63);
        long lost = scaled & ((1L << (shift & 63)) - 1);
        long rounded = lost == 0 ? floor & -2L : floor;
        return Scalar.ClampWide(zero + rounded, lo, hi);
    }

    /// <summary>
    /// clamp(zero + q, lo, hi), where q is acc * multiplier / 2^shift rounded twice as TensorFlow Lite does it
    /// (MultiplyByQuantizedMultiplier): a doubling high multiplication rounds to 31 bits less, half up, then a right shift by what is left
    /// rounds half away from zero. The addend is 2^(min(shift, 31) - 1); the multiplier has 31 bits, shift is 1 to 62.
    /// </summary>
    public static int Twice(int acc, int multiplier, long addend, int shift, int zero, int lo, int hi)
    {
        int first = shift < 31 ? shift : 31;
        long high = ((long)acc * multiplier + addend) >> (first & 63);
        int rest = shift - first;
        long mask = (1L << (rest & 63)) - 1;
        long threshold = (mask >> 1) + (high < 0 ? 1L : 0L);
        long rounded = (high >> (rest & 63)) + ((high & mask) > threshold ? 1L : 0L);
        return Scalar.ClampWide(zero + rounded, lo, hi);
    }

    /// <summary>AddQuantized with ties to even.</summary>
    public static int AddHalfEven(
        int a, int zeroA, int multiplierA, int b, int zeroB, int multiplierB, int shift, int zero, int lo, int hi)
    {
        long sum = (long)(a - zeroA) * multiplierA + (long)(b - zeroB) * multiplierB;
        return EvenTie(sum + (1L << ((shift - 1) & 63)), shift, zero, lo, hi);
    }

    /// <summary>AddQuantized without rounding: the floor.</summary>
    public static int AddTruncated(
        int a, int zeroA, int multiplierA, int b, int zeroB, int multiplierB, int shift, int zero, int lo, int hi)
    {
        long sum = (long)(a - zeroA) * multiplierA + (long)(b - zeroB) * multiplierB;
        return Scalar.ClampWide(zero + (sum >> (shift & 63)), lo, hi);
    }
}
