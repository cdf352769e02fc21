using System;

namespace Edgec.Cases;

[AttributeUsage(AttributeTargets.Class)]
internal sealed class KernelSourceAttribute : Attribute;

/// <summary>What the subset allows and the arithmetic does not use: it is lowered, compiled and compared like it.</summary>
[KernelSource]
public static class Constructs
{
    private const int Seven = 7;
    private const long Lowest = long.MinValue;

    /// <summary>Only unchecked wraps.</summary>
    public static int WrapAdd(int a, int b) => unchecked(a + b);

    public static int WrapMultiply(int a, int b) => unchecked(a * b - b);

    public static long WrapWide(long a, long b) => unchecked(a * b + -a);

    public static uint WrapUnsigned(uint a, uint b) => unchecked(a * b - b);

    public static int WrapCompound(int a, int b)
    {
        int sum = a;
        unchecked
        {
            sum += b;
            sum *= 31;
        }

        return sum;
    }

    public static int ShiftLeft(int a, int n)
    {
        int shifted = a;
        shifted <<= 3;
        return shifted << (n & 31);
    }

    public static int ShiftRight(int a, int n) => (a >> (n & 15)) - (a >> 31);

    public static uint ShiftUnsigned(uint a, int n) => (a >> (n & 31)) ^ (a << 5);

    public static int Bits8(byte a, sbyte b) => (a & 15) << 4 | ~b & 3 ^ a;

    public static uint Bits32(uint a, uint b) => (a & b) | ((a ^ b) & ~b);

    public static long Bits64(long a, int b) => (a & b) | (a ^ 255);

    /// <summary>Truncation toward zero.</summary>
    public static int Divide(int a) => a / Seven + a % 1000;

    public static ulong DivideUnsigned(ulong a, uint b) => (a + b) / 10 % 100;

    public static sbyte Narrow(int a) => unchecked((sbyte)(a >> 3));

    public static ushort NarrowSum(short a, ushort b) => unchecked((ushort)(a + b));

    public static long Mixed(uint a, int b) => (long)a * b - (long)(ushort)(a & 65535U) * (long)(byte)(a & 255U);

    public static ulong Unsign(int a, long b) => unchecked((ulong)a + (ulong)b);

    public static bool Logic(bool a, int b, int c) => a && b < c || !(b == c) && !a != c <= 0;

    public static int Choose(bool a, sbyte b, int c, short d) => a ? b : c > 0 ? c : d;

    public static long ChooseWide(int a, long b) => a > b ? a : b;

    public static byte ChooseNarrow(byte a, byte b, bool which) => which ? a : b;

    public static long Extremes(int a) => a == int.MinValue ? Lowest : 5;

    public static long Constants(int a) => a > int.MinValue + Seven ? -5L : 5;

    public static long Large(long a) => a > 5000000000 ? 1L << 40 : -1L;

    public static int Branches(int a, int b)
    {
        int result = a;

        // The order of the arms matters.
        if (a > b)
        {
            result = b;
        }
        else if (a == b)
        {
            result = 0;
        }
        else
        {
            result -= b >> 1;
        }

        return result;
    }

    public static uint CountOnes(ushort a)
    {
        uint count = 0;
        for (int i = 0; i < 16; i++)
        {
            for (int j = 0; j < 2; j++)
                count += (uint)(a >> (i & 15) & 1) * (uint)(j + i - i);
        }

        return count;
    }

    public static long LoopProducts(short a)
    {
        long sum = 0;
        for (int i = 1; i < 5; i++)
            sum += (long)(i * i) * i * a - (long)i * a;
        return sum;
    }

    public static int Parameters(int a, int b)
    {
        a &= 1023;
        b |= a;
        b ^= 5;
        return Order(second: a, first: b >> 2);
    }

    private static int Order(int first, int second) => first - second;
}
