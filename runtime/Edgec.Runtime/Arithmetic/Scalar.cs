namespace Edgec.Runtime.Arithmetic;

/// <summary>Rounding and element-wise steps of quantized arithmetic. Every one rounds at most once and clamps last.</summary>
/// <remarks>Plain sums and products are proven not to overflow for the ranges stated; shifts are arithmetic (floor).</remarks>
[KernelSource]
public static class Scalar
{
    /// <summary>The nearest value to <paramref name="value"/> in [lo, hi].</summary>
    public static int Clamp(int value, int lo, int hi) => value < lo ? lo : value > hi ? hi : value;

    /// <summary>The larger of two values.</summary>
    public static int Maximum(int a, int b) => a > b ? a : b;

    /// <summary>The smaller of two values.</summary>
    public static int Minimum(int a, int b) => a < b ? a : b;

    /// <summary>clamp((acc * multiplier + addend) >> shift, lo, hi), where |acc * multiplier| + |addend| is under 2^62.</summary>
    /// <remarks>An addend of 2^(shift-1) + zero * 2^shift rounds half up and adds the zero point. Shift is 1 to 47.</remarks>
    public static int Requantize(int acc, int multiplier, long addend, int shift, int lo, int hi)
    {
        long scaled = ((long)acc * multiplier + addend) >> (shift & 63);
        return ClampWide(scaled, lo, hi);
    }

    /// <summary>Requantize of a 64-bit accumulator: |acc * multiplier| + |addend| is under 2^62.</summary>
    public static int RequantizeWide(long acc, int multiplier, long addend, int shift, int lo, int hi)
    {
        long scaled = (acc * multiplier + addend) >> (shift & 63);
        return ClampWide(scaled, lo, hi);
    }

    /// <summary>Requantize of two 64-bit accumulators, each at a scale of its own: their sum is exact and rounds once.</summary>
    /// <remarks>|a * multiplierA| + |b * multiplierB| + |addend| is under 2^62.</remarks>
    public static int RequantizeJoined(long a, int multiplierA, long b, int multiplierB, long addend, int shift, int lo, int hi)
    {
        long scaled = (a * multiplierA + b * multiplierB + addend) >> (shift & 63);
        return ClampWide(scaled, lo, hi);
    }

    /// <summary>Requantize with the 16-bit multiplier of 8-bit results: the same value, a narrower product in hardware.</summary>
    public static int Requantize16(int acc, ushort multiplier, long addend, int shift, int lo, int hi)
    {
        long scaled = ((long)acc * (long)multiplier + addend) >> (shift & 63);
        return ClampWide(scaled, lo, hi);
    }

    /// <summary>clamp(zero + (((a-zeroA) * multiplierA + (b-zeroB) * multiplierB + 2^(shift-1)) >> shift), lo, hi).</summary>
    /// <remarks>Values have at most 16 bits, multipliers 15 (23 for 16-bit results) and a sign: a negative multiplierB subtracts. Shift is 1 to 47.</remarks>
    public static int AddQuantized(
        int a, int zeroA, int multiplierA, int b, int zeroB, int multiplierB, int shift, int zero, int lo, int hi)
    {
        long sum = (long)(a - zeroA) * multiplierA + (long)(b - zeroB) * multiplierB;
        long half = 1L << ((shift - 1) & 63);
        return ClampWide(zero + ((sum + half) >> (shift & 63)), lo, hi);
    }

    /// <summary>AddQuantized of 8-bit values by multipliers of 15 bits and a sign, shift 1 to 30: the same value, every sum of it in 32 bits.</summary>
    public static int AddQuantized32(
        int a, int zeroA, int multiplierA, int b, int zeroB, int multiplierB, int shift, int zero, int lo, int hi)
    {
        int sum = (a - zeroA) * multiplierA + (b - zeroB) * multiplierB;
        int half = 1 << ((shift - 1) & 31);
        return Clamp(zero + ((sum + half) >> (shift & 31)), lo, hi);
    }

    /// <summary>Requantize of (a-zeroA) * (b-zeroB), where that product has 32 bits (8-bit or symmetric 16-bit values).</summary>
    public static int MultiplyQuantized(
        int a, int zeroA, int b, int zeroB, int multiplier, long addend, int shift, int lo, int hi)
    {
        int product = (a - zeroA) * (b - zeroB);
        return Requantize(product, multiplier, addend, shift, lo, hi);
    }

    /// <summary>
    /// clamp((d * multiplier + addend) >> shift, lo, hi) where d = a-zeroA is not negative, else
    /// clamp((d * (b-zeroB) * negativeMultiplier + addend) >> shift, lo, hi).
    /// </summary>
    /// <remarks>8-bit values and multipliers below 2^30: the products stay below 2^46. Shift is 1 to 47.</remarks>
    public static int PreluQuantized(
        int a, int zeroA, int b, int zeroB, int multiplier, int negativeMultiplier, long addend, int shift, int lo, int hi)
    {
        int distance = a - zeroA;
        int slope = distance < 0 ? b - zeroB : 1;
        int scale = distance < 0 ? negativeMultiplier : multiplier;
        long scaled = (long)(distance * slope) * scale;
        return ClampWide((scaled + addend) >> (shift & 63), lo, hi);
    }

    /// <summary>Requantize of a where it is not negative, else of a * b: each with a multiplier and a shift of its own, half up.</summary>
    /// <remarks>16-bit values with zero points of 0, multipliers of 24 bits. Shifts are 1 to 47.</remarks>
    public static int PreluWide(int a, int b, int multiplier, int shift, int negativeMultiplier, int negativeShift, int lo, int hi)
    {
        int value = a < 0 ? a * b : a;
        int scale = a < 0 ? negativeMultiplier : multiplier;
        int down = a < 0 ? negativeShift : shift;
        long half = 1L << ((down - 1) & 63);
        return ClampWide(((long)value * scale + half) >> (down & 63), lo, hi);
    }

    /// <summary>clamp(a * multiplier / (b * 2^shift), lo, hi) to nearest, half away from zero; where b is 0 it is half a step.</summary>
    /// <remarks>16-bit values with zero points of 0 and a multiplier of 31 bits: the dividend stays below 2^63. Shift is 1 to 47.</remarks>
    public static int DivideWide(int a, int b, int multiplier, int shift, int lo, int hi)
    {
        int magnitude = a < 0 ? -a : a;
        int step = b < 0 ? -b : b;
        int divisor = b == 0 ? 1 : 2 * step;
        long half = (long)divisor << ((shift - 1) & 63);
        long dividend = (long)(2 * magnitude) * multiplier + half;
        ulong quotient = Division.Quotient((ulong)dividend, (uint)divisor);
        long rounded = (long)(quotient >> (shift & 63));
        return ClampWide((a ^ b) < 0 ? -rounded : rounded, lo, hi);
    }

    /// <summary>The nearest value to a 64-bit <paramref name="value"/> in [lo, hi]: it clamps before it narrows.</summary>
    public static int ClampWide(long value, int lo, int hi) => value < lo ? lo : value > hi ? hi : (int)value;

    /// <summary>The place in [0, extent) that an index names: a negative one counts from the end, one beyond an end stands for that end.</summary>
    /// <remarks>Extent is at least 1.</remarks>
    public static int Position(long index, int extent)
    {
        long place = index < 0 ? index + extent : index;
        return ClampWide(place, 0, extent - 1);
    }
}
