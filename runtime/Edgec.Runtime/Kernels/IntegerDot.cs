using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Edgec.Runtime.Kernels;

/// <summary>Sums of rows of i8 and i16. Integer sums are exact, so several lanes at a time give the bits of one at a time.</summary>
internal static class IntegerDot
{
    /// <summary>Σ a[i] · b[i].</summary>
    public static long Product<TA, TB>(ReadOnlySpan<TA> a, ReadOnlySpan<TB> b)
        where TA : unmanaged, IBinaryInteger<TA>
        where TB : unmanaged, IBinaryInteger<TB>
    {
        if (typeof(TA) == typeof(sbyte) && typeof(TB) == typeof(sbyte))
            return Bytes(MemoryMarshal.Cast<TA, sbyte>(a), MemoryMarshal.Cast<TB, sbyte>(b));
        b = b[..a.Length];
        long sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += int.CreateTruncating(a[i]) * int.CreateTruncating(b[i]);
        return sum;
    }

    /// <summary>Σ a[i].</summary>
    public static long Total<T>(ReadOnlySpan<T> a) where T : unmanaged, IBinaryInteger<T>
    {
        long sum = 0;
        foreach (T value in a)
            sum += int.CreateTruncating(value);
        return sum;
    }

    // A product of two i8 has 16 bits.
    private static int Bytes(ReadOnlySpan<sbyte> a, ReadOnlySpan<sbyte> b)
    {
        b = b[..a.Length];
        int sum = 0, i = 0;
        if (Vector256.IsHardwareAccelerated && a.Length >= Vector256<sbyte>.Count)
        {
            Vector256<int> sums = default;
            for (; i <= a.Length - Vector256<sbyte>.Count; i += Vector256<sbyte>.Count)
            {
                var (aLow, aHigh) = Vector256.Widen(Vector256.Create(a.Slice(i, Vector256<sbyte>.Count)));
                var (bLow, bHigh) = Vector256.Widen(Vector256.Create(b.Slice(i, Vector256<sbyte>.Count)));
                var (p0, p1) = Vector256.Widen(aLow * bLow);
                var (p2, p3) = Vector256.Widen(aHigh * bHigh);
                sums += p0 + p1 + (p2 + p3);
            }

            sum = Vector256.Sum(sums);
        }

        if (Vector128.IsHardwareAccelerated && a.Length - i >= Vector128<sbyte>.Count)
        {
            var (aLow, aHigh) = Vector128.Widen(Vector128.Create(a.Slice(i, Vector128<sbyte>.Count)));
            var (bLow, bHigh) = Vector128.Widen(Vector128.Create(b.Slice(i, Vector128<sbyte>.Count)));
            var (p0, p1) = Vector128.Widen(aLow * bLow);
            var (p2, p3) = Vector128.Widen(aHigh * bHigh);
            sum += Vector128.Sum(p0 + p1 + (p2 + p3));
            i += Vector128<sbyte>.Count;
        }

        for (; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
