namespace Edgec.Runtime.Arithmetic;

/// <summary>Values between grid points, at a position with F fraction bits; the neighbours are stated relative to the zero point.</summary>
[KernelSource]
public static class Interpolation
{
    /// <summary>(left * (2^F - fraction) + right * fraction + 2^(F-1)) >> F, for values of 17 bits, F from 1 to 13.</summary>
    public static int Linear(int left, int right, int fraction, int fractionBits)
    {
        int one = 1 << (fractionBits & 31);
        int sum = left * (one - fraction) + right * fraction;
        return (sum + (one >> 1)) >> (fractionBits & 31);
    }

    /// <summary>
    /// clamp((left * (2^k - fraction) + right * fraction + 2^(k+3)) >> (k+4), lo, hi): a function of a 16-bit value between two entries of its
    /// table, 2^k apart. Entries have 4 fraction bits and at most 24 bits in all; k is 0 to 7.
    /// </summary>
    public static int Curve(int left, int right, int fraction, int k, int lo, int hi)
    {
        int one = 1 << (k & 31);
        int sum = left * (one - fraction) + right * fraction;
        int half = 1 << ((k + 3) & 31);
        return Scalar.Clamp((sum + half) >> ((k + 4) & 31), lo, hi);
    }

    /// <summary>
    /// clamp((max(value, 0) * multiplier - (left * (2^k - fraction) + right * fraction) * 2^(shift-k-4) + 2^(shift-1)) >> shift, lo, hi):
    /// a function that differs from ReLU by an even function of the value, which lies between two entries of half a table. Entries as for
    /// Curve; the value has 16 bits, the multiplier 24, shift is k + 4 to 47, with (shift-k-4) such that the product stays below 2^62.
    /// </summary>
    public static int ReluDelta(int value, int left, int right, int fraction, int k, int multiplier, int shift, int lo, int hi)
    {
        int one = 1 << (k & 31);
        long delta = left * (one - fraction) + right * fraction;
        long aligned = delta << ((shift - k - 4) & 63);
        long relu = (long)Scalar.Maximum(value, 0) * multiplier;
        long half = 1L << ((shift - 1) & 63);
        return Scalar.ClampWide((relu - aligned + half) >> (shift & 63), lo, hi);
    }

    /// <summary>
    /// The sum of four neighbours, each times its tap on both axes: 2^F - fraction near the first, fraction near the second. It has 2F
    /// fraction bits and is exact: values of 9 bits, F up to 7.
    /// </summary>
    public static int BilinearSum(
        int topLeft, int topRight, int bottomLeft, int bottomRight, int fractionY, int fractionX, int fractionBits)
    {
        int one = 1 << (fractionBits & 31);
        int top = topLeft * (one - fractionX) + topRight * fractionX;
        int bottom = bottomLeft * (one - fractionX) + bottomRight * fractionX;
        return top * (one - fractionY) + bottom * fractionY;
    }

    /// <summary>(bilinearSum + 2^(F-1)) >> F: a sample with F fraction bits, the rounding of a deformable convolution.</summary>
    public static int Sample(int bilinearSum, int fractionBits)
    {
        int half = (1 << (fractionBits & 31)) >> 1;
        return (bilinearSum + half) >> (fractionBits & 31);
    }

    /// <summary>
    /// top + ((difference * fraction + 2^(F-1)) >> F): the sample between two rows that are interpolated already, which have F fraction bits and this
    /// difference. It is Sample of BilinearSum bit for bit, and for F up to 6 no step of it needs more than 16 bits.
    /// </summary>
    public static int SampleRows(int top, int difference, int fraction, int fractionBits)
    {
        int one = 1 << (fractionBits & 31);
        int whole = (difference >> (fractionBits & 31)) * fraction;
        int part = (difference & (one - 1)) * fraction + (one >> 1);
        return top + whole + (part >> (fractionBits & 31));
    }

    /// <summary>(bilinearSum * mask + 2^(F+7)) >> (F+8), with a mask in 0 to 256: a modulated sample with F fraction bits.</summary>
    public static int SampleMasked(int bilinearSum, int mask, int fractionBits)
    {
        int half = 1 << ((fractionBits + 7) & 31);
        return (bilinearSum * mask + half) >> ((fractionBits + 8) & 31);
    }
}
